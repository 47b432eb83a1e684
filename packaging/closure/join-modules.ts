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
/** Only known where the module is by itself. */
const PLACED = /\bimport\.meta\b/;
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** Exported names by file. `*` = names of other modules come in addition. */
type Exports = Map<string, string[]>;

/**
 * @param bridge absolute path of the ES module that imports what every worker needs
 * @returns how many modules are one now; 0 = none, they stay as they are
 */
export async function joinModules(bridge: string): Promise<number> {
  const langgraph = findInstalled(LANGGRAPH, path.dirname(bridge));
  if (!langgraph) return 0;
  const file = path.join(langgraph.link.slice(0, -LANGGRAPH.length), JOINED);
  if (existsSync(file)) return 0;
  const exports = await findModules(bridge);
  const modules = [...exports.keys()];
  if (modules.some((module) => PLACED.test(readFileSync(module, "utf8")))) return 0;
  if (![...exports.values()].flat().every((name) => name === "*" || IDENTIFIER.test(name))) return 0;

  // What they export is named anew, for two modules may export one name.
  const alias = (module: string, name: string): string => `m${modules.indexOf(module)}_${name}`;
  const named = (module: string, pair: (name: string) => string): string =>
    (exports.get(module) ?? [])
      .filter((name) => name !== "*")
      .map(pair)
      .join(", ");
  const entry = [
    // First of all, so that everything is evaluated in the order in which the bridge asks for it.
    readFileSync(bridge, "utf8").replaceAll(/export \* as \w+ from/g, "import"),
    ...modules.map(
      (module) =>
        `export { ${named(module, (name) => `${name} as ${alias(module, name)}`)} } from ${JSON.stringify(module)};`,
    ),
  ].join("\n");
  writeFileSync(file, await join({ bridge, entry, file }));
  for (const module of modules) {
    const own = named(module, (name) => `${alias(module, name)} as ${name}`);
    const from = JSON.stringify(specifierBetween(module, file));
    const code = [`export { ${own} } from ${from};`, ...starsOf(module)].join("\n");
    writeFileSync(module, `${code}\n`);
  }
  return modules.length;
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
    const paths = (id: string): string => (path.isAbsolute(id) ? specifierBetween(file, id) : id);
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
      const isJoined = kind !== "dynamic-import" && /\.m?js$/.test(found.id) && packages.format(found.id) === "esm";
      return isJoined ? found : { id: found.id, external: true };
    },
  };
}

/** Its `export * from …`, as they stand. */
function starsOf(module: string): string[] {
  const { program } = parseSync(module, readFileSync(module, "utf8"));
  return [...nodesOf(program)].flatMap((node) =>
    node.type === "ExportAllDeclaration" && !node["exported"]
      ? [`export * from ${JSON.stringify(literal(node["source"]))};`]
      : [],
  );
}
