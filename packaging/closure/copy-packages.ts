/** Copies packages into the artefact, or takes them from the earlier artefact if none of them has changed. */
import { createHash } from "node:crypto";
import { constants, copyFileSync, mkdirSync, renameSync } from "node:fs";
import path from "node:path";
import { isFolder } from "../source-files.ts";
import { listFiles, type PackageFile } from "./list-files.ts";
import type { Placement } from "./place-packages.ts";

export interface PlacedPackage extends Placement {
  files: PackageFile[];
  bytes: number;
}

/** Lists the files of each package. A package in two places is read once. */
export function measurePackages(placements: readonly Placement[]): PlacedPackage[] {
  const known = new Map<string, PackageFile[]>();
  return placements.map((placement) => {
    const files = known.get(placement.package.dir) ?? listFiles(placement.package);
    known.set(placement.package.dir, files);
    return { ...placement, files, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
  });
}

/** A text that changes when the size or time of any package's file does. */
export function stampOf(packages: readonly PlacedPackage[]): string {
  const hash = createHash("sha256");
  for (const { at, files } of packages) {
    hash.update(`${at}\n`);
    for (const { name, bytes, changedAt } of files) hash.update(`${name} ${bytes} ${changedAt}\n`);
  }
  return hash.digest("hex");
}

export function copyPackages(packages: readonly PlacedPackage[], out: string): void {
  for (const { at, files } of packages) {
    const folders = new Set<string>();
    for (const { name, source } of files) {
      const to = path.join(out, at, name);
      const folder = path.dirname(to);
      if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
      folders.add(folder);
      copyFileSync(source, to, constants.COPYFILE_FICLONE);
    }
  }
}

/** Moves the packages of an earlier artefact here. Returns false if one is missing; then nothing was moved. */
export function takePackages(packages: readonly PlacedPackage[], from: string, out: string): boolean {
  const tops = new Set(packages.map(({ at }) => at.slice(0, at.indexOf("node_modules") + "node_modules".length)));
  if (![...tops].every((top) => isFolder(path.join(from, top)))) return false;
  for (const top of tops) {
    mkdirSync(path.dirname(path.join(out, top)), { recursive: true });
    renameSync(path.join(from, top), path.join(out, top));
  }
  return true;
}
