/** Closures for tests: read from a project's folders, or made up; and what Node would find in the places that packages get. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { InstalledPackage } from "../../packaging/closure/installed-package.ts";
import { type Placement, placePackages } from "../../packaging/closure/place-packages.ts";
import { type Closure, resolveClosure } from "../../packaging/closure/resolve-closure.ts";
import type { Cpu } from "../../packaging/natives/target.ts";
import type { Files } from "./temporary-project.ts";

export type Manifest = Record<string, unknown>;

/** An installed package with one file, in a folder's node_modules. */
export const installed = (name: string, version: string, more: Manifest = {}, below = ""): Files => ({
  [path.posix.join(below, "node_modules", name, "package.json")]: { name, version, ...more },
  [path.posix.join(below, "node_modules", name, "index.js")]: `exports.version = "${version}";`,
});
export const needs = (...names: string[]): Manifest => ({
  dependencies: Object.fromEntries(names.map((name) => [name, "*"])),
});

/** The closure of the packages in the given folders of `dir`, the first one's own packages first. */
export function closureOf(
  dir: string,
  importers: readonly string[] = [""],
  cpu: Cpu = "x64",
  tools: readonly string[] = [],
): Closure {
  const given = importers.map((at) => {
    const folder = path.join(dir, at);
    const manifest: Record<string, unknown> = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
    return { at, dir: folder, manifest, undeclared: new Map<string, string>() };
  });
  return resolveClosure({ importers: given, cpu, tools: new Set(tools) });
}

/** Key by place, sorted. */
export function places({ importers }: Pick<Closure, "importers">): Record<string, string> {
  const placed = placePackages(importers).map(({ at, package: { key } }): [string, string] => [at, key]);
  return Object.fromEntries(placed.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** What an import of `name` by a file in the folder `from` would load: the walk of Node's documentation. */
export function found(placements: readonly Placement[], from: string, name: string): string | undefined {
  const parts = from === "" ? [] : from.split("/");
  for (let count = parts.length; count >= 0; count--) {
    if (parts[count - 1] === "node_modules") continue;
    const at = [...parts.slice(0, count), "node_modules", name].join("/");
    const hit = placements.find((placement) => placement.at === at);
    if (hit) return hit.package.key;
  }
  return undefined;
}

export function made(name: string, version: string): InstalledPackage {
  return { key: `${name}@${version}`, name, version, dir: "", manifest: {}, dependencies: new Map() };
}
