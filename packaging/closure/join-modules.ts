/**
 * Joins the ES modules of LangGraph and all that it imports into one file, because Node needs four times as long to load hundreds of files.
 * Each module can still be imported by its own path and remains a single instance. CommonJS is left as it is.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type InputOptions, type Plugin, rolldown } from "rolldown";
import { scan } from "rolldown/experimental";
import { parseSync } from "rolldown/utils";
import { LANGGRAPH } from "../bridge.ts";
import { reasonOf } from "../compile/compile-errors.ts";
import { findInstalled, PackageFolders, specifierBetween } from "../source-files.ts";
import { literal, nodesOf } from "../syntax-tree.ts";

/** Name of the joined file, beside LangGraph's package, so that it is reused together with the packages. */
const JOINED = ".langgraph.mjs";
const ENTRY = "\0joined";
/** Marks the path of a module that `import()` loads later, to tell it from the same module imported at once. */
const LATER = "later:";
/** Has another value when the module is part of the joined file. */
const PLACED = /\bimport\.meta\b/;
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** Exported names by file; `*` stands for an `export * from` another module. */
type Exports = Map<string, string[]>;

export type Joined =
  | { kind: "joined"; modules: number }
  /** There is no LangGraph, or it came from an earlier artefact, joined already. */
  | { kind: "nothing_to_join" }
  /** The modules stay separate files. */
  | { kind: "apart"; reason: string };

/** @param bridge absolute path of the ES module that imports what every worker needs */
export async function joinModules(bridge: string): Promise<Joined> {
  const langgraph = findInstalled(LANGGRAPH, path.dirname(bridge));
  if (!langgraph) return { kind: "nothing_to_join" };
  const file = path.join(langgraph.link.slice(0, -LANGGRAPH.length), JOINED);
  if (existsSync(file)) return { kind: "nothing_to_join" };
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
    // Modules that cannot be joined still work, as separate files.
    return { kind: "apart", reason: reasonOf(error) };
  }
}

interface Name {
  own: string;
  /** Its name in the one file, where two modules may export the same `own`. */
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

/** The code of the one file's entry. The bridge's imports come first, so that modules are evaluated in the same order as without it. */
function entryOf(bridge: string, names: ReadonlyMap<string, Name[]>): string {
  // What it imports later stays there.
  const imports = [...readFileSync(bridge, "utf8").matchAll(/^export \* as \w+ from (.+)$/gm)]
    .map(([, what]) => `import ${what}\n`)
    .join("");
  const exports = [...names].map(([module, pairs]) => {
    const list = pairs.map(({ own, joined }) => `${own} as ${joined}`);
    return `export { ${list.join(", ")} } from ${JSON.stringify(module)};\n`;
  });
  return imports + exports.join("");
}

/** What replaces a module: its path, and code that re-exports its names from the one file. */
function facadeOf([module, pairs]: [string, Name[]], file: string): [string, string] {
  const list = pairs.map(({ own, joined }) => `${joined} as ${own}`);
  const exports = `export { ${list.join(", ")} } from ${JSON.stringify(specifierBetween(module, file))};\n`;
  return [module, exports + starsOf(module).join("")];
}

/** The ES modules that the bridge imports, directly or not; the bridge itself is not among them. */
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

/** No code is dropped, and specifiers are resolved as Node resolves them. */
const OPTIONS = {
  platform: "node",
  treeshake: false,
  logLevel: "silent",
  // The project's tsconfig is for its source, and may extend a file that is not installed.
  tsconfig: false,
  resolve: { conditionNames: ["node", "import", "module-sync"] },
} satisfies InputOptions;

/** Leaves CommonJS, data and what `import()` loads later as files of their own. */
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

/** The module's `export * from …` statements, unchanged. */
function starsOf(module: string): string[] {
  const { program } = parseSync(module, readFileSync(module, "utf8"));
  return [...nodesOf(program)].flatMap((node) => {
    const isStar = node.type === "ExportAllDeclaration" && !node["exported"];
    return isStar ? [`export * from ${JSON.stringify(literal(node["source"]))};\n`] : [];
  });
}
