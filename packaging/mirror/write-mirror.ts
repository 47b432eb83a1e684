/**
 * Writes the mirror: the project's own files, the compiled text apart from them, the package.json files that decide formats, and links to
 * the source's node_modules at the same levels. An artefact gets copies of packages instead of links.
 */
import { copyFileSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { copyFiles } from "./copy-files.ts";
import type { OwnFiles } from "./own-files.ts";
import { ConfigError } from "../config/read-config.ts";
import { foldersUp, isFile, isFolder, isInside, type PackageFolders, readJsonObject } from "../source-files.ts";

/**
 * Empties the output folder, as stale files stay importable. Throws ConfigError for a folder with something else in it.
 */
export function emptyOutput(out: string): void {
  if (isFolder(out) && readdirSync(out).length > 0) {
    const manifest = readJsonObject(path.join(out, "manifest.json"));
    const ours = path.dirname(out).endsWith(".threadline") || (manifest?.["version"] === 1 && "config_dir" in manifest);
    if (!ours) throw new ConfigError(`${out} is not empty and holds no earlier build: name another output folder.`);
  }
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
}

/** Makes git ignore `.threadline/`, which is inside of the user's repository. */
export function ignoreByGit(out: string): void {
  const own = foldersUp(out).find((dir) => path.basename(dir) === ".threadline");
  if (own !== undefined && !isFile(path.join(own, ".gitignore"))) writeFileSync(path.join(own, ".gitignore"), "*\n");
}

export interface Mirror {
  out: string;
  base: string;
  configDir: string;
  /** Content by path relative to `out`, with `/`. */
  outputs: ReadonlyMap<string, string>;
  /** Content of the compiled source files, by absolute path. */
  sources: ReadonlyMap<string, Buffer>;
  own: OwnFiles;
  packages: PackageFolders;
  /** Whether the source's packages and very large files are links; else the packages are left out. */
  links: boolean;
}

/** Writes all of the mirror except the manifest. Returns all source folders that matter, and a stamp of each file that does. */
export function writeMirror({ out, base, configDir, outputs, sources, own, packages, links }: Mirror): {
  folders: string[];
  stamps: Map<string, string>;
} {
  const dirs = new Set(
    [configDir, ...[...sources.keys()].map((file) => path.dirname(file))].flatMap((dir) => foldersUp(dir, base)),
  );
  for (const dir of dirs) mkdirSync(path.join(out, path.relative(base, dir)), { recursive: true });
  copyPackageFiles(out, base, dirs, packages);
  const stamps = copyFiles({ out, base, files: own.files, sources, links });
  for (const folder of new Set([...outputs.keys()].map((name) => path.dirname(path.join(out, name)))))
    mkdirSync(folder, { recursive: true });
  for (const [name, content] of outputs) writeFileSync(path.join(out, name), content);
  if (links) linkModules(out, base, dirs);
  return { stamps, folders: [...new Set([...dirs, ...own.folders])] };
}

/** Copies every package.json; the mirror's root always has one, so that none outside decides. */
function copyPackageFiles(out: string, base: string, dirs: Iterable<string>, packages: PackageFolders): void {
  for (const dir of dirs) {
    const file = path.join(dir, "package.json");
    if (isFile(file)) copyFileSync(file, path.join(out, path.relative(base, dir), "package.json"));
  }
  const root = path.join(out, "package.json");
  if (isFile(root)) return;
  const type = packages.format(path.join(base, "x.js")) === "esm" ? "module" : "commonjs";
  writeFileSync(root, `${JSON.stringify({ private: true, type })}\n`);
}

/** Links each source node_modules into the mirror; with an output elsewhere also the nearest one above the base. */
function linkModules(out: string, base: string, dirs: Iterable<string>): void {
  for (const dir of dirs)
    link(path.join(dir, "node_modules"), path.join(out, path.relative(base, dir), "node_modules"));
  if (isInside(base, out)) return;
  const above = foldersUp(base)
    .map((dir) => path.join(dir, "node_modules"))
    .find(isFolder);
  if (above !== undefined) link(above, path.join(out, "node_modules"));
}

function link(target: string, at: string): void {
  if (!isFolder(target) || isFolder(at)) return;
  // On Windows links other than junctions need a special right.
  symlinkSync(target, at, process.platform === "win32" ? "junction" : "dir");
}
