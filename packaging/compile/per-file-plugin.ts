/**
 * Compiler plugin that makes one output for each source file: an import of another source file becomes an external, relative specifier, and
 * that file is compiled on its own. Imports of packages stay unchanged.
 */
import path from "node:path";
import type { Plugin } from "rolldown";
import type { Aliases } from "./aliases.ts";
import { codeBelow } from "./code-below.ts";
import { explainMissing } from "./explain-missing.ts";
import { scanImports, WORTH_SCANNING } from "./scan-imports.ts";
import {
  isCode,
  isCopiedSource,
  isFile,
  isInstalled,
  languageOf,
  type ModuleFormat,
  specifierBetween,
} from "../source-files.ts";
import type { Reach, Sources } from "./sources.ts";

export interface PerFileOptions {
  sources: Sources;
  aliases: Aliases;
  format: ModuleFormat;
  /** Whether a new file can join this build; otherwise a later build compiles it. */
  joins: (file: string) => boolean;
  /** The name of its output, relative to the output folder. */
  outputName: (file: string) => string;
}

/** A dynamic import of CommonJS from CommonJS gives the module itself, as with TypeScript and tsx, not Node's wrapper. */
const UNWRAP = ".then((m) => m.default?.__esModule ? m.default : m)";

export function perFilePlugin({ sources, aliases, format, joins, outputName }: PerFileOptions): Plugin {
  const add = (
    file: string,
    reach: Reach,
    emit: (chunk: { type: "chunk"; id: string; fileName: string }) => void,
  ): void => {
    if (isInstalled(file) && !isCopiedSource(file)) return;
    if (sources.add(file, reach) && joins(file)) emit({ type: "chunk", id: file, fileName: outputName(file) });
  };
  return {
    name: "per-file",
    resolveId: {
      order: "pre",
      async handler(id, importer, options) {
        if (importer === undefined || id.startsWith("\0") || importer.startsWith("\0")) return undefined;
        const hit = await this.resolve(id, importer, { ...options, skipSelf: true });
        if (hit === null && options.kind === "import-statement") {
          const problem = explainMissing(id, importer);
          if (problem !== undefined) sources.report(problem, false);
        }
        const isBare = !/^[./#]/.test(id);
        if (hit === null || hit.external || !isProjectFile(hit.id)) {
          if (isBare) sources.get(importer)?.packages.add(id);
          // A package may import its own files by a name that Node resolves.
          const isNear = hit !== null && isInstalled(importer) && id.startsWith(".") && path.isAbsolute(hit.id);
          return { id: isNear ? specifierBetween(importer, hit.id) : id, external: true };
        }
        if (hit.id.endsWith(".json")) return hit;
        if (isCode(hit.id)) {
          if (options.kind !== "dynamic-import") sources.get(importer)?.imports.add(hit.id);
          add(hit.id, "needed", (chunk) => this.emitFile(chunk));
        }
        if (isBare && isInstalled(hit.id)) {
          // The package may be in another folder in the artefact.
          sources.get(importer)?.packages.add(id);
          return { id, external: true };
        }
        return { id: specifierBetween(importer, hit.id), external: true };
      },
    },
    transform: {
      filter: { id: { exclude: /\0|\.json$/ }, code: WORTH_SCANNING },
      async handler(code, id) {
        if (!sources.get(id)) return undefined;
        const scan = scanImports(this.parse(code, { lang: languageOf(id) }), id);
        const emit = (chunk: { type: "chunk"; id: string; fileName: string }): unknown => this.emitFile(chunk);
        const places = [...scan.beginnings].flatMap((start) => aliases.placesFor(id, start));
        for (const text of scan.strings) {
          const isPath = /^\.\.?\//.test(text);
          const named = isPath ? [path.resolve(path.dirname(id), text)] : aliases.placesFor(id, text);
          const file = named.length > 0 ? (await this.resolve(text, id))?.id : undefined;
          if (file !== undefined && isProjectFile(file)) places.push(file);
          else if (text.endsWith("/")) places.push(...named);
        }
        for (const place of [...scan.folders, ...places])
          for (const file of isFile(place) ? [place].filter(isCode) : codeBelow(place)) add(file, "computed", emit);
        for (const named of scan.named) {
          const file = isFile(named) ? named : (await this.resolve(named, id))?.id;
          if (file !== undefined && isFile(file)) add(file, "needed", emit);
        }
        if (format === "esm") return undefined;
        const ends: number[] = [];
        for (const { specifier, end } of scan.dynamic) {
          const target = specifier === undefined ? undefined : (await this.resolve(specifier, id))?.id;
          if (
            specifier === undefined ||
            (target !== undefined && isProjectFile(target) && sources.formatOf(target) === "cjs")
          )
            ends.push(end);
        }
        return ends.length === 0 ? undefined : { code: insertAt(code, ends, UNWRAP), map: null };
      },
    },
  };
}

/** Source is what is outside of every node_modules by its real path (workspace packages, too), and what was copied there as source. */
function isProjectFile(id: string): boolean {
  return path.isAbsolute(id) && (!isInstalled(id) || isCopiedSource(id));
}

function insertAt(code: string, places: number[], text: string): string {
  let result = code;
  for (const place of places.toSorted((a, b) => b - a)) result = result.slice(0, place) + text + result.slice(place);
  return result;
}
