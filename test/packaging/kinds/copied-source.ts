/** S9: TypeScript packages that were copied into node_modules instead of linked or built. */
import type { Files } from "../temporary-project.ts";
import { CJS, ESM, type Kind } from "./kind.ts";

/** A package of source; `at` is where it was copied to. */
export const copied = (at: string, more: Record<string, unknown> = {}): Files => ({
  [`${at}/package.json`]: { name: "@own/tools", version: "1.0.0", type: "module", main: "./index.ts", ...more },
  [`${at}/index.ts`]:
    'import { level } from "./src/level.js"; import { plain } from "./src/plain"; export const check = (): unknown => [level, plain];',
  [`${at}/src/level.ts`]: 'enum Level { Low = "low" } export const level = Level.Low;',
  [`${at}/src/plain.js`]: 'export const plain = "plain";',
});
const graph = (from = "@own/tools") => ({ "src/graph.ts": `export { check } from "${from}";` });
const AT = "node_modules/@own/tools";

export const COPIED_SOURCE: Kind[] = [
  { name: "S9: a package of source", files: { ...ESM, ...copied(AT), ...graph() }, expected: ["low", "plain"] },
  {
    name: "S9: by a sub-path of exports",
    files: {
      ...ESM,
      ...copied(AT, { exports: { "./tools": { types: "./index.ts", default: "./index.ts" } } }),
      ...graph("@own/tools/tools"),
    },
    expected: ["low", "plain"],
  },
  {
    name: "S9: required and imported by CommonJS",
    files: {
      ...CJS,
      ...copied(AT),
      "src/graph.ts":
        'import { check as now } from "@own/tools"; export const check = async () => [now(), (await import("@own/tools")).check === now];',
    },
    expected: [["low", "plain"], true],
  },
  {
    name: "S9: CommonJS itself",
    files: {
      ...CJS,
      ...copied(AT, { type: "commonjs" }),
      [`${AT}/src/plain.js`]: 'exports.plain = "plain";',
      ...graph(),
    },
    expected: ["low", "plain"],
  },
  {
    name: "S9: one in another, below the folder of pnpm",
    files: {
      ...ESM,
      "node_modules/@own/tools": { link: "../.pnpm/tools@1/node_modules/@own/tools" },
      ...copied("node_modules/.pnpm/tools@1/node_modules/@own/tools"),
      "node_modules/.pnpm/tools@1/node_modules/@own/tools/index.ts": 'export { check } from "inner";',
      "node_modules/.pnpm/tools@1/node_modules/inner": { link: "../../inner@1/node_modules/inner" },
      ...copied("node_modules/.pnpm/inner@1/node_modules/inner", { name: "inner" }),
      ...graph(),
    },
    expected: ["low", "plain"],
  },
  {
    name: "S9: a computed import in it, and the project's own LangGraph",
    files: {
      ...ESM,
      ...copied(AT),
      [`${AT}/node_modules/@langchain/langgraph/package.json`]: { name: "@langchain/langgraph", main: "i.js" },
      [`${AT}/node_modules/@langchain/langgraph/i.js`]: "exports.copy = 'another';",
      [`${AT}/index.ts`]:
        'import lg from "@langchain/langgraph"; const l: string = "level"; export const check = async () => [(await import(`./src/${l}`)).level, lg.copy === "another"];',
      ...graph(),
    },
    expected: ["low", false],
  },
  {
    name: "S9: above the workspace of langgraph.json",
    at: "app",
    files: {
      ...copied(AT),
      "app/package.json": { name: "app", type: "module" },
      "app/src/graph.ts": graph()["src/graph.ts"],
    },
    expected: ["low", "plain"],
  },
  {
    name: "S9: a package that was built is left as it is, though its source lies beside",
    files: {
      ...ESM,
      [`${AT}/package.json`]: { name: "@own/tools", type: "module", main: "./index.js" },
      [`${AT}/index.js`]: 'export const check = () => "built";',
      [`${AT}/index.ts`]: 'export const check = () => "source";',
      ...graph(),
    },
    expected: "built",
  },
];
