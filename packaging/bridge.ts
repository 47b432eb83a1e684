/**
 * Writes the bridge modules: how the engine gets the classes of the project's own LangGraph, in the graph file's format and from
 * its place. Another copy would break `instanceof`, and with @langchain/core 0.3 messages silently.
 * Must not load LangGraph.
 */
import path from "node:path";
import { findInstalled, type ModuleFormat, readJsonObject } from "./source-files.ts";

export const LANGGRAPH = "@langchain/langgraph";

const CONTENT: Readonly<Record<ModuleFormat, { name: string; code: string }>> = {
  esm: {
    name: ".bridge.mjs",
    code: `export * as lg from "${LANGGRAPH}";\nexport * as messages from "@langchain/core/messages";\n`,
  },
  cjs: {
    name: ".bridge.cjs",
    code: `exports.lg = require("${LANGGRAPH}");\nexports.messages = require("@langchain/core/messages");\n`,
  },
};

export function bridgeModule(format: ModuleFormat): { name: string; code: string } {
  return CONTENT[format];
}

export interface OwnLangGraph {
  /** The first of the given folders that sees LangGraph: the bridges belong there. */
  dir: string;
  version: string | undefined;
}

/** Where the project sees its LangGraph, or undefined if from none of `dirs`. */
export function findLangGraph(dirs: Iterable<string>): OwnLangGraph | undefined {
  for (const dir of dirs) {
    const installed = findInstalled(LANGGRAPH, dir);
    if (!installed) continue;
    const version = readJsonObject(path.join(installed.real, "package.json"))?.["version"];
    return { dir, version: typeof version === "string" ? version : undefined };
  }
  return undefined;
}
