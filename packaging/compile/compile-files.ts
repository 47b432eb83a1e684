/**
 * Compiles source files with rolldown, one output each: one build for each module format and tsconfig, repeated until no new file is found.
 * Output stays in memory.
 */
import path from "node:path";
import type { OutputChunk, OutputOptions, RolldownOptions } from "rolldown";
import { COMPILED, SHARED } from "../../functions/protocol/compiled.ts";
import type { Aliases } from "./aliases.ts";
import { jsxPragmaPlugin } from "./jsx.ts";
import { lowerDecoratorsPlugin } from "./lower-decorators.ts";
import { perFilePlugin } from "./per-file-plugin.ts";
import { commonFolder, compiledName, isInside, type ModuleFormat, toPosix } from "../source-files.ts";
import { blame, isTsconfigError } from "./compile-errors.ts";
import type { SourceFile, Sources } from "./sources.ts";
import type { CompilerSettings, TsconfigPlan } from "./tsconfig-plan.ts";

export interface CompileOptions {
  sources: Sources;
  tsconfigs: TsconfigPlan;
  aliases: Aliases;
  /** Folder that the names of the output are relative to; the result may name one further up. */
  base: string;
  /** The output folder, from which source maps refer to the source. Undefined: as if the output were beside the source. */
  out: string | undefined;
}

export interface CompiledOutput {
  base: string;
  /** Content by path relative to the output folder, with `/`: below COMPILED, but for what they share. Source maps included. */
  outputs: Map<string, string>;
}

interface Group {
  format: ModuleFormat;
  settings: CompilerSettings;
  files: string[];
}

/** Compiles all `sources` and whatever they import. A file that does not compile gets a problem and an output that throws. */
export async function compileFiles(given: CompileOptions): Promise<CompiledOutput> {
  const options = { ...given, base: given.sources.commonFolder(given.base, commonFolder) };
  const outputs = new Map<string, string>();
  const done = new Set<string>();
  for (let group = nextGroup(options, done); group; group = nextGroup(options, done)) {
    const chunks = await buildGroup(group, options, done);
    // An import from above the base moves every output: compile again, with all files known.
    if (options.sources.commonFolder(options.base, commonFolder) !== options.base) return await compileFiles(options);
    for (const { fileName, facadeModuleId, code, map } of chunks) {
      const name = facadeModuleId === null ? fileName : `${COMPILED}/${fileName}`;
      outputs.set(name, map && facadeModuleId !== null ? code + inlined(map) : code);
    }
  }
  for (const source of options.sources.files.values()) if (source.broken) addBroken(source, outputs, options.base);
  return { base: options.base, outputs };
}

/** The source map as a comment, because separate files would be half of all output. `sources` are relative to the source file. */
function inlined(map: NonNullable<OutputChunk["map"]>): string {
  const text = Buffer.from(JSON.stringify(map)).toString("base64");
  return `\n//# sourceMappingURL=data:application/json;base64,${text}\n`;
}

function nextGroup({ sources, tsconfigs }: CompileOptions, done: Set<string>): Group | undefined {
  const waiting = [...sources.files.values()].filter(({ file, broken }) => !broken && !done.has(file));
  const [first] = waiting;
  if (!first) return undefined;
  const settings = tsconfigs.settingsFor(first.file);
  const { format } = first;
  const files = waiting.filter((one) => one.format === format && tsconfigs.settingsFor(one.file).key === settings.key);
  return { format, settings, files: files.map(({ file }) => file) };
}

/** Builds until no file of the group fails, and marks the compiled files as done. */
async function buildGroup(group: Group, options: CompileOptions, done: Set<string>): Promise<OutputChunk[]> {
  const { sources, tsconfigs, aliases, base } = options;
  const { rolldown } = await import("rolldown");
  const own = new Set(group.files);
  for (;;) {
    const files = [...own].filter((file) => sources.get(file)?.broken === false);
    if (files.length === 0) return [];
    const joins = (file: string): boolean => {
      const fits = sources.formatOf(file) === group.format && tsconfigs.settingsFor(file).key === group.settings.key;
      if (fits) own.add(file);
      return fits && isInside(base, file);
    };
    const outputName = (file: string): string => compiledName(path.relative(base, file), group.format);
    const settingsFor = (file: string): CompilerSettings => tsconfigs.settingsFor(file);
    const plugins = [
      perFilePlugin({ sources, aliases, format: group.format, joins, outputName }),
      jsxPragmaPlugin((file) => settingsFor(file).options),
      lowerDecoratorsPlugin(settingsFor),
    ];
    const bundle = await rolldown({ ...inputOptions(group, files, base), plugins });
    try {
      const { output } = await bundle.generate(outputOptions(group.format, options.out ?? base, outputName));
      for (const file of own) done.add(file);
      for (const item of output) if (item.type === "chunk") noteExports(item, sources);
      return output.filter((item) => item.type === "chunk").map(group.format === "esm" ? giveOwnRequire : markEsModule);
    } catch (error) {
      if (isTsconfigError(error) && tsconfigs.distrust()) return [];
      blame(error, files, sources, base);
    } finally {
      await bundle.close();
    }
  }
}

function inputOptions({ settings }: Group, files: string[], base: string): RolldownOptions {
  const inside = files.filter((file) => isInside(base, file));
  return {
    // Any distinct keys will do: outputs are named by their file.
    input: Object.fromEntries(inside.map((file) => [toPosix(path.relative(base, file)), file])),
    cwd: base,
    platform: "node",
    treeshake: false,
    tsconfig: settings.tsconfig,
    logLevel: "silent",
    transform: { target: "node24", jsx: settings.jsx },
    resolve: {
      extensions: [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json"],
      extensionAlias: {
        ".js": [".ts", ".tsx", ".js"],
        ".mjs": [".mts", ".mjs"],
        ".cjs": [".cts", ".cjs"],
        ".jsx": [".tsx", ".jsx"],
      },
    },
  };
}

function outputOptions(format: ModuleFormat, dir: string, outputName: (file: string) => string): OutputOptions {
  return {
    dir,
    format,
    entryFileNames: ({ facadeModuleId, name }) => (facadeModuleId ? outputName(facadeModuleId) : name),
    // With a suffix, because any package.json may apply to the chunk, and with a hash, because each build has its own.
    chunkFileNames: `${SHARED}[hash].${format === "esm" ? "m" : "c"}js`,
    sanitizeFileName: false,
    sourcemap: "hidden",
    sourcemapExcludeSources: true,
    exports: "named",
    esModule: false,
    keepNames: true,
  };
}

/** `export *` in the output of either format, assignments to exports, and CommonJS in an ES module. */
const MORE_EXPORTS = /\bexport \* from\b|__reExport\(|Object\.keys\(|\bmodule\.exports\b|\bexport default require_/;

/** Notes the exports only where all are known: of a CommonJS source the compiler finds no names. */
function noteExports({ facadeModuleId, exports, code }: OutputChunk, sources: Sources): void {
  const source = facadeModuleId === null ? undefined : sources.get(facadeModuleId);
  if (source && exports.length > 0 && !MORE_EXPORTS.test(code)) source.exports = exports;
}

/**
 * In an ES module rolldown takes `require` from its shared chunk, where it would resolve from that chunk's folder: each file gets
 * its own, on the same line, so that source maps still fit.
 */
function giveOwnRequire(chunk: OutputChunk): OutputChunk {
  const code = chunk.code.replace(
    /^import \{ ?(.*?) ?\} from ("[^"\n]*\.helper-[^"\n]*");/m,
    (line, names: string, from) => {
      const list = names.split(", ");
      const others = list.filter((name) => !/(?:^| as )__require$/.test(name));
      if (others.length === list.length) return line;
      const make = `import { createRequire as __createRequire } from "node:module"; const __require = __createRequire(import.meta.url);`;
      return `import { ${others.join(", ")} } from ${from}; ${make}`;
    },
  );
  return { ...chunk, code };
}

/**
 * What tsc writes at the top of CommonJS made from ES syntax, on the first line, so that source maps still fit. Rolldown would do it
 * for the first files of a build only, and not know plain CommonJS, which may rely on sloppy mode.
 */
function markEsModule(chunk: OutputChunk): OutputChunk {
  const typescript = /\.[cm]?tsx?$/.test(chunk.facadeModuleId ?? "");
  const hasExports = chunk.exports.length > 0 && chunk.facadeModuleId !== null;
  if (!typescript && !hasExports) return chunk;
  const marker = hasExports ? 'Object.defineProperty(exports, "__esModule", { value: true }); ' : "";
  return { ...chunk, code: `"use strict"; ${marker}${chunk.code}` };
}

/** Adds an output that throws, for a file that does not compile. */
function addBroken(
  { file, format, problems: [problem] }: SourceFile,
  outputs: Map<string, string>,
  base: string,
): void {
  const name = `${COMPILED}/${compiledName(path.relative(base, file), format)}`;
  const place = `${file}${problem?.line === undefined ? "" : `:${problem.line}`}`;
  outputs.set(name, `throw new Error(${JSON.stringify(`${place}: ${problem?.message ?? "does not compile"}`)});\n`);
}
