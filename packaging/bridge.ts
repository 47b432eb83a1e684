/**
 * Prepares the bridge modules, by which the engine gets the classes of the project's own LangGraph, in the format of the graph's file. A
 * second copy of LangGraph would break `instanceof`, and with @langchain/core 0.3 messages would get lost.
 */
import { mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { packageManagerOf } from "./package-manager.ts";
import { findInstalled, isRecord, type ModuleFormat, type PackageFolders, readJsonObject } from "./source-files.ts";

export const LANGGRAPH = "@langchain/langgraph";
export const CORE = "@langchain/core";

/** Functions that read declared schemas. They are loaded on demand, because not every version has them. */
const SCHEMAS = `${LANGGRAPH}/zod/schema`;

const MODULES: Readonly<Record<ModuleFormat, { name: string; code: string }>> = {
  esm: {
    name: ".bridge.mjs",
    code: `export * as lg from "${LANGGRAPH}";\nexport * as messages from "${CORE}/messages";\nexport const schemas = () => import('${SCHEMAS}');\n`,
  },
  cjs: {
    name: ".bridge.cjs",
    code: `exports.lg = require("${LANGGRAPH}");\nexports.messages = require("${CORE}/messages");\nexports.schemas = async () => require("${SCHEMAS}");\n`,
  },
};

/** Folder in the output for the bridge to packages that the project's own folders cannot import. */
const HIDDEN = ".bridge";

export interface OwnLangGraph {
  /** The source folder from which LangGraph and core can be imported; absent if there is none. */
  dir?: string;
  /** Real folders of both packages. */
  real: { langgraph: string; core: string | undefined };
  version: string | undefined;
}

/**
 * Where the project has its LangGraph, or undefined. The first of `dirs` that sees it counts. In an isolated installation (pnpm) a
 * project may have it through another package only (langchain, deepagents): then that package's own counts.
 */
export function findLangGraph(dirs: readonly string[], packages: PackageFolders): OwnLangGraph | undefined {
  const places = [...new Set(dirs)];
  for (const dir of places) {
    const found = describe(dir, dir);
    if (found) return found;
  }
  for (const dir of places) {
    const dependencies = packages.of(path.join(dir, "package.json"))?.manifest["dependencies"];
    for (const name of isRecord(dependencies) ? Object.keys(dependencies) : []) {
      const dependency = findInstalled(name, dir);
      const found = dependency && describe(dependency.real);
      if (found) return found;
    }
  }
  return undefined;
}

/** The copies that `dir` imports; `own` is the project folder that they are for. */
function describe(dir: string, own?: string): OwnLangGraph | undefined {
  const langgraph = findInstalled(LANGGRAPH, dir)?.real;
  if (langgraph === undefined) return undefined;
  const core = findInstalled(CORE, dir)?.real;
  const version = readJsonObject(path.join(langgraph, "package.json"))?.["version"];
  return {
    ...(own === undefined || core === undefined ? {} : { dir: own }),
    real: { langgraph, core: core ?? findInstalled(CORE, langgraph)?.real },
    version: typeof version === "string" ? version : undefined,
  };
}

/** Folder of the bridges relative to the output folder. `base` is the source folder that the output mirrors. */
export function bridgeFolder(found: OwnLangGraph, base: string): string {
  return found.dir === undefined ? HIDDEN : path.relative(base, found.dir);
}

/** Path of the bridge relative to the output folder, and its code. */
export function bridgeModule(format: ModuleFormat, found: OwnLangGraph, base: string): { name: string; code: string } {
  const { name, code } = MODULES[format];
  return { name: path.join(bridgeFolder(found, base), name), code };
}

/** Links packages that no project folder can import to where only the bridge finds them. */
export function linkHidden(out: string, found: OwnLangGraph): void {
  if (found.dir !== undefined) return;
  for (const [name, real] of [
    [LANGGRAPH, found.real.langgraph],
    [CORE, found.real.core],
  ] as const) {
    if (real === undefined) continue;
    const at = path.join(out, HIDDEN, "node_modules", name);
    mkdirSync(path.dirname(at), { recursive: true });
    symlinkSync(real, at, process.platform === "win32" ? "junction" : "dir");
  }
}

export function missingLangGraph(langgraph: OwnLangGraph | undefined, dir: string): string | undefined {
  return langgraph
    ? undefined
    : `${LANGGRAPH} is not installed where ${dir} can see it: run ${packageManagerOf(dir).install} there.`;
}
