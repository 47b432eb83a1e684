/**
 * Puts the modules that every worker loads before its graph, LangGraph with all that it imports, into one file: Node takes four times as long
 * for the hundreds of them. Each stays importable under its own path, and is one instance by whatever way it is reached. Must not change
 * what a module exports, nor touch CommonJS, which may load any file by itself.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type InputOptions, type Plugin, rolldown } from "rolldown";
import { scan } from "rolldown/experimental";
import { parseSync } from "rolldown/utils";
import { LANGGRAPH } from "../bridge.ts";
import { findInstalled, PackageFolders, specifierBetween } from "../source-files.ts";
import { literal, nodesOf } from "../syntax-tree.ts";

/** Beside the package of LangGraph; packages that are taken from an earlier artefact bring it along. */
const JOINED = ".langgraph.mjs";
const ENTRY = "\0joined";
/** Before the path of a module that is imported at some later time, which may be one of those that are joined. */
const LATER = "later:";
/** Only known where the module is by itself. */
const PLACED = /\bimport\.meta\b/;
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** Exported names by file. `*` = names of other modules come in addition. */
type Exports = Map<string, string[]>;

/** `apart`: they stay as they are; `reason` is absent if there is none of theirs to join, or they came joined. */
export type Joined = { kind: "joined"; modules: number } | { kind: "apart"; reason?: string };

/** @param bridge absolute path of the ES module that imports what every worker needs */
export async function joinModules(bridge: string): Promise<Joined> {
  const langgraph = findInstalled(LANGGRAPH, path.dirname(bridge));
  if (!langgraph) return { kind: "apart" };
  const file = path.join(langgraph.link.slice(0, -LANGGRAPH.length), JOINED);
  if (existsSync(file)) return { kind: "apart" };
  try {
    const exports = await findModules(bridge);
    const placed = [...exports.keys()].find((module) => PLACED.test(readFileSync(module, "utf8")));
    if (placed !== undefined) return { kind: "apart", reason: `${placed} uses import.meta` };
    const names = nameExports(exports);
    const entry = entryOf(bridge, names);
    const files = [
      [file, await join({ bridge, entry, file })],
      ...[...names].map((own) => facadeOf(own, file)),
    ] as const;
    for (const [name, code] of files) writeFileSync(name, code);
    return { kind: "joined", modules: names.size };
  } catch (error) {
    // What the bundler cannot do, Node does at every start.
    return { kind: "apart", reason: error instanceof Error ? error.message : String(error) };
  }
}

interface Name {
  own: string;
  /** In the one file, for two modules may export one name. */
  joined: string;
}

function nameExports(exports: Exports): Map<string, Name[]> {
  const named = [...exports].map(([module, names], at): [string, Name[]] => [
    module,
    names.flatMap((own) => {
      if (own === "*") return [];
      if (!IDENTIFIER.test(own)) throw new Error(`${module} exports ${JSON.stringify(own)}`);
      return [{ own, joined: `m${at}_${own}` }];
    }),
  ]);
  return new Map(named);
}

/** The bridge's imports first, so that everything is evaluated in the order in which it asks for it. */
function entryOf(bridge: string, names: ReadonlyMap<string, Name[]>): string {
  const imports = readFileSync(bridge, "utf8").replaceAll(/export \* as \w+ from/g, "import");
  const exports = [...names].map(([module, pairs]) => {
    const list = pairs.map(({ own, joined }) => `${own} as ${joined}`);
    return `export { ${list.join(", ")} } from ${JSON.stringify(module)};\n`;
  });
  return imports + exports.join("");
}

/** What stands in place of a module: its file, and the code that takes its exports from the one file. */
function facadeOf([module, pairs]: [string, Name[]], file: string): [string, string] {
  const list = pairs.map(({ own, joined }) => `${joined} as ${own}`);
  const exports = `export { ${list.join(", ")} } from ${JSON.stringify(specifierBetween(module, file))};\n`;
  return [module, exports + starsOf(module).join("")];
}

/** The ES modules that the bridge leads to, itself not among them. */
async function findModules(bridge: string): Promise<Exports> {
  const found: Exports = new Map();
  const collect: Plugin = {
    name: "collect",
    moduleParsed({ id, exports }) {
      if (id !== bridge) found.set(id, exports);
    },
  };
  await scan({ ...OPTIONS, input: bridge, plugins: [outside(), collect] });
  return found;
}

async function join({ bridge, entry, file }: { bridge: string; entry: string; file: string }): Promise<string> {
  const enter: Plugin = {
    name: "enter",
    resolveId(source, importer) {
      if (source === ENTRY) return ENTRY;
      return importer === ENTRY ? this.resolve(source, bridge, { skipSelf: true }) : null;
    },
    load: (id) => (id === ENTRY ? entry : null),
  };
  const build = await rolldown({ ...OPTIONS, input: ENTRY, plugins: [enter, outside()] });
  try {
    const paths = (id: string): string => {
      const outer = id.startsWith(LATER) ? id.slice(LATER.length) : id;
      return path.isAbsolute(outer) ? specifierBetween(file, outer) : id;
    };
    const { output } = await build.generate({ format: "esm", codeSplitting: false, keepNames: true, paths });
    return output.map((made) => (made.type === "chunk" ? made.code : "")).join("");
  } finally {
    await build.close();
  }
}

/** Nothing is left out, and names are found as Node finds them. */
const OPTIONS = {
  platform: "node",
  treeshake: false,
  logLevel: "silent",
  resolve: { conditionNames: ["node", "import", "module-sync"] },
} satisfies InputOptions;

/** CommonJS, data and what is imported at some later time stay files of their own. */
function outside(): Plugin {
  const packages = new PackageFolders();
  return {
    name: "outside",
    async resolveId(source, importer, { kind }) {
      if (importer === undefined || importer === ENTRY) return null;
      const found = await this.resolve(source, importer, { skipSelf: true });
      if (!found || found.external || !path.isAbsolute(found.id)) return found;
      if (kind === "dynamic-import") return { id: LATER + found.id, external: true };
      const isJoined = /\.m?js$/.test(found.id) && packages.format(found.id) === "esm";
      return isJoined ? found : { id: found.id, external: true };
    },
  };
}

/** Its `export * from …`, as they stand. */
function starsOf(module: string): string[] {
  const { program } = parseSync(module, readFileSync(module, "utf8"));
  return [...nodesOf(program)].flatMap((node) => {
    const isStar = node.type === "ExportAllDeclaration" && !node["exported"];
    return isStar ? [`export * from ${JSON.stringify(literal(node["source"]))};\n`] : [];
  });
}
