/**
 * Names and formats of source files: what is code, the name of a compiled file, the module format, and the package that a file belongs to.
 */
import { readFileSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { COMPILED } from "../functions/protocol/compiled.ts";
import { parseJson } from "./config/parse-json.ts";

export type ModuleFormat = "esm" | "cjs";

/** A folder with a package.json. `manifest` is `{}` if that file cannot be read as JSON. */
export interface PackageFolder {
  dir: string;
  manifest: Readonly<Record<string, unknown>>;
}

const CODE = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const DECLARATION = /\.d\.(?:[cm]?ts|[^.]+\.ts)$/;

function isDeclaration(file: string): boolean {
  return DECLARATION.test(file);
}

/** True for what is compiled; declaration files are neither code nor data. */
export function isCode(file: string): boolean {
  return CODE.test(file) && !isDeclaration(file);
}

/** The parser's name of the language: JavaScript may contain JSX, TypeScript only with that suffix. */
export function languageOf(file: string): "ts" | "tsx" | "jsx" {
  if (/\.[cm]?ts$/.test(file)) return "ts";
  return file.endsWith(".tsx") ? "tsx" : "jsx";
}

/** Where the compiled text of a source file lies below the folder of compiled text, with `/`: its suffix tells the format. */
export function compiledName(file: string, format: ModuleFormat): string {
  return `${toPosix(file)}.${format === "esm" ? "m" : "c"}js`;
}

/** The path of the source, relative to the base, by that of an output; what has no source keeps its own. */
export function sourceOfCompiled(output: string): string {
  return output.startsWith(`${COMPILED}/`) ? output.slice(COMPILED.length + 1).replace(/\.[mc]js$/, "") : output;
}

export function toPosix(file: string): string {
  return path.sep === "/" ? file : file.split(path.sep).join("/");
}

/** `to` as a module specifier as seen from the file `from`. */
export function specifierBetween(from: string, to: string): string {
  const relative = toPosix(path.relative(path.dirname(from), to));
  return relative.startsWith(".") ? relative : `./${relative}`;
}

/** True if `inner` is `outer` or lies below it. */
export function isInside(outer: string, inner: string): boolean {
  const relative = path.relative(outer, inner);
  return relative === "" || (!relative.startsWith(`..${path.sep}`) && relative !== ".." && !path.isAbsolute(relative));
}

/** `dir` and the folders above it, up to `top` or the root of the file system. */
export function foldersUp(dir: string, top?: string): string[] {
  const found: string[] = [];
  for (let at = dir; ; at = path.dirname(at)) {
    found.push(at);
    if (at === top || path.dirname(at) === at) return found;
  }
}

export function commonFolder(a: string, b: string): string {
  const shared = foldersUp(a).find((dir) => isInside(dir, b));
  return shared ?? path.parse(a).root;
}

export function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

export function isFolder(dir: string): boolean {
  return statSync(dir, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The object in a JSON file, or undefined if there is no such file or no object in it. */
export function readJsonObject(file: string): Record<string, unknown> | undefined {
  try {
    const value = parseJson(readFileSync(file, "utf8"));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for the package.json of a package; one that only states the module format of a folder has none of these. */
export function isPackage(manifest: Readonly<Record<string, unknown>>): boolean {
  return ["name", "dependencies", "devDependencies"].some((field) => field in manifest);
}

export function isPackageFolder(dir: string): boolean {
  return isPackage(readJsonObject(path.join(dir, "package.json")) ?? {});
}

/** True for the folder of an artefact that was made earlier, wherever it lies: nothing of it is source. */
export function isArtefact(dir: string): boolean {
  return isFile(path.join(dir, "worker.mjs")) && isFile(path.join(dir, "project", "manifest.json"));
}

/** Finds package.json files; remembers what it read, so make a new one for each compilation. */
export class PackageFolders {
  readonly #nearest = new Map<string, PackageFolder | undefined>();

  /** The package.json that decides for a file: the nearest one above it. */
  of(file: string): PackageFolder | undefined {
    return this.#at(path.dirname(file));
  }

  /** The nearest package.json that describes a package; if none does, the nearest one at all. */
  owner(file: string): PackageFolder | undefined {
    const nearest = this.of(file);
    for (let found = nearest; found; found = this.of(found.dir)) if (isPackage(found.manifest)) return found;
    return nearest;
  }

  /** Node's rule: the suffix, else `type` of the nearest package.json. */
  format(file: string): ModuleFormat {
    if (/\.m[jt]s$/.test(file)) return "esm";
    if (/\.c[jt]s$/.test(file)) return "cjs";
    return this.of(file)?.manifest["type"] === "module" ? "esm" : "cjs";
  }

  #at(dir: string): PackageFolder | undefined {
    if (this.#nearest.has(dir)) return this.#nearest.get(dir);
    const file = path.join(dir, "package.json");
    const parent = path.dirname(dir);
    const above = (): PackageFolder | undefined => (parent === dir ? undefined : this.#at(parent));
    const found = isFile(file) ? { dir, manifest: readJsonObject(file) ?? {} } : above();
    this.#nearest.set(dir, found);
    return found;
  }
}

/** True for what lies in a node_modules: packages that were installed, not linked. */
export function isInstalled(file: string): boolean {
  return file.split(path.sep).includes("node_modules");
}

/** True for source in an installed package that Node cannot run: TypeScript or JSX without the JavaScript beside it. */
export function isCopiedSource(file: string): boolean {
  const [, whole, c] = /^(.*)\.(?:([cm]?)ts|tsx|jsx)$/s.exec(file) ?? [];
  return whole !== undefined && isInstalled(file) && isCode(file) && !isFile(`${whole}.${c ?? ""}js`);
}

/** The package that a bare specifier names. */
export function packageName(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

/** An installed package as Node would find it from `dir`: the link's name and the real folder. */
export function findInstalled(name: string, dir: string): { link: string; real: string } | undefined {
  for (const at of foldersUp(dir)) {
    if (path.basename(at) === "node_modules") continue;
    const link = path.join(at, "node_modules", name);
    if (isFolder(link)) return { link, real: realpathSync(link) };
  }
  return undefined;
}
