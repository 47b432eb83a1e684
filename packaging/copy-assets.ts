/**
 * Copies what is not code from every package that gave compiled files: code reads such files beside itself.
 * Must not copy secrets, dependencies or other tools' output.
 */
import { constants, copyFileSync, type Dirent, mkdirSync, statSync, symlinkSync } from "node:fs";
import path from "node:path";
import { ASSET_BYTES, ASSETS_BYTES } from "../functions/core/timings.ts";
import { entriesOf, ifThere, isEditorFile, isForeignFolder, isWrittenByGraphs } from "./source-folders.ts";
import {
  isArtefact,
  isCode,
  isDeclaration,
  isFile,
  isFolder,
  isInside,
  isPackageFolder,
  isRecord,
  type PackageFolders,
  readJsonObject,
} from "./source-files.ts";

const SKIPPED_FILES =
  /^(?:\.env(?:\..*)?|package\.json|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?|\.DS_Store|tsconfig.*\.json|.*\.tsbuildinfo|.*\.map)$/;

export interface CopiedAssets {
  /** Folders that were looked through. */
  folders: string[];
  /** A line per asset that changes when the asset does, but for those that graphs write. */
  stamps: string[];
}

interface AssetRoot {
  dir: string;
  /** False: only the files directly in it. */
  deep: boolean;
}

export interface AssetOptions {
  out: string;
  base: string;
  /** Absolute paths of the compiled source files. */
  files: readonly string[];
  packages: PackageFolders;
  /** Whether very large assets may be links to the source. */
  links: boolean;
}

/** Copies the assets of all packages that the compiled `files` belong to into the mirror of `base`. */
export function copyAssets({ out, base, files, packages, links }: AssetOptions): CopiedAssets {
  const folders: string[] = [];
  const stamps: string[] = [];
  let sum = 0;
  for (const root of assetRoots(base, files, packages)) {
    for (const file of assetsBelow(root, files, folders)) {
      const to = path.join(out, path.relative(base, file));
      mkdirSync(path.dirname(to), { recursive: true });
      ifThere(() => {
        const { size, mtimeMs } = statSync(file);
        if (links && (size > ASSET_BYTES || sum + size > ASSETS_BYTES)) {
          symlinkSync(file, to);
        } else {
          copyFileSync(file, to, constants.COPYFILE_FICLONE);
          sum += size;
        }
        if (!isWrittenByGraphs(file)) stamps.push(`${file} ${size} ${mtimeMs}`);
      });
    }
  }
  return { folders, stamps };
}

/** The package folders; where a file has none within the base, its own folder, as what lies below that may be anything. */
function assetRoots(base: string, files: readonly string[], packages: PackageFolders): AssetRoot[] {
  const roots = new Map<string, AssetRoot>();
  for (const file of files) {
    const owner = packages.owner(file)?.dir;
    const deep = owner !== undefined && isInside(base, owner);
    const dir = deep ? owner : path.dirname(file);
    if (deep || !roots.has(dir)) roots.set(dir, { dir, deep });
  }
  return [...roots.values()];
}

/** Notes in `folders` where it looked. */
function* assetsBelow(
  { dir: root, deep }: AssetRoot,
  compiled: readonly string[],
  folders: string[],
): Generator<string> {
  const outputs = outputFolders(root).filter((dir) => !compiled.some((file) => isInside(dir, file)));
  const dirs = [root];
  for (const dir of dirs) {
    const entries = entriesOf(dir);
    if (dir !== root && entries.some(({ name }) => name === "package.json") && isPackageFolder(dir)) continue;
    folders.push(dir);
    for (const entry of entries) {
      const at = path.join(dir, entry.name);
      if (entry.isDirectory()) {
        if (deep && !isForeignFolder(entry.name) && !outputs.includes(at) && !isArtefact(at)) dirs.push(at);
      } else if (isAsset(entry, at)) yield at;
    }
  }
}

/** A linked file counts as what it points to; a linked folder is not followed. */
function isAsset(entry: Dirent, at: string): boolean {
  const { name } = entry;
  if (SKIPPED_FILES.test(name) || isEditorFile(name) || isCode(name) || isDeclaration(name)) return false;
  return entry.isFile() || (entry.isSymbolicLink() && isFile(at));
}

/** Where the package's own build writes to. */
function outputFolders(root: string): string[] {
  const options = readJsonObject(path.join(root, "tsconfig.json"))?.["compilerOptions"];
  const outDir = isRecord(options) ? options["outDir"] : undefined;
  const found = typeof outDir === "string" ? path.resolve(root, outDir) : undefined;
  return found !== undefined && found !== root && isFolder(found) ? [found] : [];
}
