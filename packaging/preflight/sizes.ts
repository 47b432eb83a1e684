/** Sizes and lists as text. */
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import type { PlacedPackage } from "../closure/copy-packages.ts";

const MB = 1_024 * 1_024;
const SHOWN = 6;

/** As AWS counts: 1 MB = 1,048,576 bytes. */
export function inMegabytes(bytes: number): string {
  return `${(bytes / MB).toFixed(bytes < 10 * MB ? 1 : 0)} MB`;
}

/** A package in several places, or in several versions, counts whole. The largest first. */
export function packageSizes(packages: readonly PlacedPackage[]): { name: string; bytes: number }[] {
  const sizes = new Map<string, number>();
  for (const {
    package: { name },
    bytes,
  } of packages)
    sizes.set(name, (sizes.get(name) ?? 0) + bytes);
  return [...sizes].map(([name, bytes]) => ({ name, bytes })).toSorted((a, b) => b.bytes - a.bytes);
}

export function listed(texts: readonly string[]): string {
  const more = texts.length - SHOWN;
  return texts.slice(0, SHOWN).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** Absolute paths of all files below a folder, links included. */
export function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => path.join(entry.parentPath, entry.name));
}

export function bytesOf(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + statSync(file).size, 0);
}
