/**
 * Lists the files of a project that its mirror holds: all of the packages that gave compiled files, and what their source names outside of
 * them, up to the base; with what is left out, and by which rule (design 7). Links are followed. Must not copy.
 */
import { type Dirent, realpathSync, type Stats, statSync } from "node:fs";
import path from "node:path";
import { ELSEWHERE, neverFile, neverFolder, seldomFile } from "../../functions/protocol/left-out.ts";
import type { LeftOut } from "../../functions/protocol/manifest.ts";
import { folderLeftOut, outputFolders } from "./left-out.ts";
import { ASSETS_BYTES } from "../limits.ts";
import { NamedPaths } from "./named-paths.ts";
import { type PathPatterns, pathPatterns } from "./path-patterns.ts";
import type { FileChoice } from "../config/read-file-choice.ts";
import {
  foldersUp,
  isArtefact,
  isFolder,
  isInside,
  isPackage,
  type PackageFolders,
  readJsonObject,
  toPosix,
} from "../source-files.ts";
import { entriesOf, ifThere, isEditorFile } from "./source-folders.ts";

export interface OwnFile {
  /** Absolute, as the project names it; links are not resolved. */
  file: string;
  bytes: number;
  /** ms since 1970 */
  changedAt: number;
}

export interface OwnFiles {
  files: OwnFile[];
  /** Folders that were read. */
  folders: string[];
  /** Absolute paths. */
  leftOut: LeftOut[];
  /** Absolute paths of folders whose files are all included, apart from those left out. */
  packages: string[];
}

export interface OwnFilesOptions {
  base: string;
  configDir: string;
  /** Content of the compiled source files, by absolute path. */
  sources: ReadonlyMap<string, Buffer>;
  packages: PackageFolders;
  choice: FileChoice;
  /** Folders of Python modules, whose files are included, too. */
  modules?: readonly string[];
  /** The folder that is being written. */
  written: string;
  /** Patterns of a .dockerignore, and the folder where it lies; only a deployment leaves out what they name. */
  ignored?: { dir: string; lines: readonly string[] } | undefined;
}

const IGNORED = ".dockerignore";
const EXCLUDED = '"threadline.exclude"';

export function listOwnFiles(options: OwnFilesOptions): OwnFiles {
  const walk = new Walk(options);
  walk.packages();
  walk.above(options.base);
  const { files, folders, leftOut } = walk;
  return { files: [...files.values()], folders: [...folders], leftOut, packages: walk.roots() };
}

class Walk {
  readonly files = new Map<string, OwnFile>();
  readonly folders = new Set<string>();
  readonly leftOut: LeftOut[] = [];
  readonly #options: OwnFilesOptions;
  readonly #named: NamedPaths;
  readonly #included: PathPatterns;
  readonly #excluded: PathPatterns;
  readonly #ignored: PathPatterns | undefined;
  /** By folder: whether all below it is included, or only the files directly in it. */
  readonly #roots: ReadonlyMap<string, boolean>;
  #outputs: string[] = [];
  #bytesAbove = 0;

  constructor(options: OwnFilesOptions) {
    this.#options = options;
    this.#named = new NamedPaths(options.sources, options.configDir);
    this.#included = pathPatterns(options.choice.include);
    this.#excluded = pathPatterns(options.choice.exclude);
    this.#ignored = options.ignored && pathPatterns(options.ignored.lines);
    this.#roots = rootsOf(options);
  }

  roots(): string[] {
    return [...this.#roots.keys()];
  }

  packages(): void {
    const { sources } = this.#options;
    this.#outputs = [...this.#roots.keys()].flatMap(outputFolders);
    this.#outputs = this.#outputs.filter((dir) => ![...sources.keys()].some((file) => isInside(dir, file)));
    for (const [dir, isDeep] of this.#roots) this.#visit(dir, { isDeep, onlyIncluded: false });
    // Compiled modules are included even if a rule leaves out their folder.
    for (const file of sources.keys())
      this.#add(
        file,
        ifThere(() => statSync(file)),
      );
  }

  /** Adds what the source names outside of the packages, up to the base. */
  above(dir: string): void {
    if (this.#roots.has(dir)) return;
    for (const entry of entriesOf(dir)) {
      const at = path.join(dir, entry.name);
      if (this.#roots.has(at) || this.files.has(at)) continue;
      if ([...this.#roots.keys()].some((root) => isInside(at, root))) this.above(at);
      else this.#addAbove(at, entry.name);
    }
  }

  #addAbove(at: string, name: string): void {
    const folder = isFolder(at);
    if (this.#isOurs(at)) return;
    if ((neverFolder(name) ?? (folder ? undefined : (neverFile(name) ?? seldomFile(name)))) !== undefined) return;
    const isWanted = this.#wants(at);
    const isNamed =
      this.#named.leadInto(at) || (this.#named.hasName(name) && !(folder && isOtherPackage(at, this.#options.base)));
    if (!isWanted && !isNamed) {
      this.#leave(at, ELSEWHERE, folder);
      return;
    }
    const before = new Map(this.files);
    if (folder) this.#visit(at, { isDeep: true, onlyIncluded: isWanted && !isNamed });
    else this.#add(at, statSync(at, { throwIfNoEntry: false }));
    const added = [...this.files.values()].filter(({ file }) => !before.has(file));
    const bytes = this.#bytesAbove + added.reduce((sum, one) => sum + one.bytes, 0);
    if (bytes <= ASSETS_BYTES || isWanted) return void (this.#bytesAbove = bytes);
    for (const { file } of added) this.files.delete(file);
    this.#leave(at, "outside of the package, and too large", folder);
  }

  #visit(dir: string, { isDeep, onlyIncluded }: { isDeep: boolean; onlyIncluded: boolean }): void {
    this.folders.add(dir);
    for (const entry of entriesOf(dir)) {
      const at = path.join(dir, entry.name);
      const stats = entry.isDirectory() ? undefined : ifThere(() => statSync(at));
      if (!entry.isDirectory() && !stats?.isDirectory()) this.#consider(at, entry, stats, onlyIncluded);
      else if (isDeep && !this.#roots.has(at) && !this.#isOurs(at) && !(entry.isSymbolicLink() && leadsBack(at, dir))) {
        const rule = this.#folderRule(at, entry.name);
        if (rule === undefined) this.#visit(at, { isDeep, onlyIncluded });
        else {
          if (!onlyIncluded) this.#leave(at, rule, true);
          if (this.#wants(at) && entry.name !== "node_modules") this.#visit(at, { isDeep, onlyIncluded: true });
          else if (rule === IGNORED && this.#ignored?.hasExceptionIn(this.#fromIgnored(at)))
            this.#visit(at, { isDeep, onlyIncluded });
        }
      }
    }
  }

  #folderRule(at: string, name: string): string | undefined {
    const never = neverFolder(name);
    if (never !== undefined) return never;
    if (this.#excluded.matches(this.#fromConfig(at))) return EXCLUDED;
    if (this.#ignores(at)) return IGNORED;
    if (isOtherPackage(at, this.#options.base)) return this.#named.leadInto(at) ? undefined : "another package";
    const rule = folderLeftOut(at, this.#outputs);
    return rule !== undefined && this.#named.hasName(name) ? undefined : rule;
  }

  #consider(at: string, entry: Dirent, stats: Stats | undefined, onlyIncluded: boolean): void {
    const { name } = entry;
    if (!stats?.isFile() || isEditorFile(name)) return;
    const target = entry.isSymbolicLink() ? path.basename(realpathSync(at)) : name;
    const secret = neverFile(name) ?? neverFile(target);
    const isIncluded = this.#included.matches(this.#fromConfig(at));
    if (onlyIncluded && !isIncluded) return;
    const rule = secret ?? (isIncluded ? undefined : this.#fileRule(at, name));
    if (rule === undefined) this.#add(at, stats);
    else this.#leave(at, rule, false);
  }

  #fileRule(at: string, name: string): string | undefined {
    if (this.#excluded.matches(this.#fromConfig(at))) return EXCLUDED;
    if (this.#ignores(at)) return IGNORED;
    return this.#named.hasName(name) ? undefined : seldomFile(name);
  }

  #add(file: string, stats: Stats | undefined): void {
    if (stats) this.files.set(file, { file, bytes: stats.size, changedAt: stats.mtimeMs });
  }

  #leave(at: string, rule: string, folder: boolean): void {
    this.leftOut.push({ path: folder ? at + path.sep : at, rule });
  }

  /** Folders that packaging makes: not part of the project, and not reported. */
  #isOurs(folder: string): boolean {
    return folder === this.#options.written || isArtefact(folder);
  }

  #wants(folder: string): boolean {
    return this.#included.reachesInto(this.#fromConfig(folder));
  }

  #ignores(at: string): boolean {
    return this.#ignored?.matches(this.#fromIgnored(at)) ?? false;
  }

  #fromConfig(at: string): string {
    return toPosix(path.relative(this.#options.configDir, at));
  }

  #fromIgnored(at: string): string {
    return toPosix(path.relative(this.#options.ignored?.dir ?? "", at));
  }
}

/** The package folders; where a file has none within the base, its own folder, as what lies below that may be anything. */
function rootsOf({ base, sources, packages, modules = [] }: OwnFilesOptions): Map<string, boolean> {
  const roots = new Map<string, boolean>(modules.map((dir) => [dir, true]));
  for (const file of sources.keys()) {
    const owner = packages.owner(file)?.dir;
    const isDeep = owner !== undefined && isInside(base, owner);
    const dir = isDeep ? owner : path.dirname(file);
    if (isDeep || !roots.has(dir)) roots.set(dir, isDeep);
  }
  return roots;
}

/** A folder with a package.json is a package of its own, and no data, if it is installed, or one of the workspace. */
function isOtherPackage(at: string, base: string): boolean {
  const manifest = readJsonObject(path.join(at, "package.json"));
  if (manifest === undefined || !isPackage(manifest)) return false;
  if (isFolder(path.join(at, "node_modules"))) return true;
  const { name } = manifest;
  if (typeof name !== "string" || name === "") return false;
  const links = foldersUp(path.dirname(at), base).map((dir) => path.join(dir, "node_modules", name));
  return links.some((link) => isFolder(link) && realpathSync(link) === realpathSync(at));
}

const leadsBack = (link: string, dir: string): boolean => isInside(realpathSync(link), realpathSync(dir));
