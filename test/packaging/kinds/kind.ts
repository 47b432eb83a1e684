/**
 * One kind of source that real projects contain, as a small project: its graph file exports `check()`, whose result is expected.
 */
import type { Files } from "../temporary-project.ts";

export interface Kind {
  name: string;
  /** Without langgraph.json: that names `graph`, or `src/graph.ts`. */
  files: Files;
  graph?: string;
  /** Folder of langgraph.json. */
  at?: string;
  expected: unknown;
}

export const ESM = { "package.json": { name: "p", type: "module" } };
export const CJS = { "package.json": { name: "p" } };
