/**
 * Decides where each package lies in the artefact: at the root if its name is free there, else directly below its dependent. So plain
 * folders without links give every dependent the package that it finds in the source.
 */
import path from "node:path";
import type { InstalledPackage } from "./installed-package.ts";
import type { Closure } from "./resolve-closure.ts";

export interface Placement {
  /** Relative to the mirror, with `/`: "node_modules/zod", "apps/agent/node_modules/zod". */
  at: string;
  package: InstalledPackage;
}

interface Dependent {
  at: string;
  dependencies: ReadonlyMap<string, InstalledPackage>;
  /** The packages that it lies in. */
  inside: readonly InstalledPackage[];
}

/**
 * The first importer's dependencies come first. An importer in whose folder another one lies has to come before it.
 * @throws Error if versions depend on each other in a circle that folders without links cannot express
 */
export function placePackages(importers: Closure["importers"]): Placement[] {
  const placed = new Map<string, InstalledPackage>();
  const waiting: Dependent[] = importers.map((importer) => ({ ...importer, inside: [] }));
  for (const dependent of waiting) {
    for (const [name, one] of dependent.dependencies) {
      const at = placeFor(dependent.at, name, one, placed);
      if (at === undefined) continue;
      const nested = at.startsWith(`${dependent.at}/`) ? dependent.inside : [];
      if (nested.includes(one)) throw new Error(`The packages cannot be laid in plain folders: ${at} in a ring.`);
      placed.set(at, one);
      waiting.push({ at, dependencies: one.dependencies, inside: [...nested, one] });
    }
  }
  return [...placed].map(([at, one]) => ({ at, package: one }));
}

/** Undefined if the dependent finds that package already. */
function placeFor(
  from: string,
  name: string,
  wanted: InstalledPackage,
  placed: ReadonlyMap<string, InstalledPackage>,
): string | undefined {
  for (let folder = from; ; folder = path.posix.dirname(folder)) {
    const within = folder === "." || folder === "" ? "" : `${folder}/`;
    const seen = placed.get(`${within}node_modules/${name}`);
    if (seen) return seen === wanted ? undefined : path.posix.join(from, "node_modules", name);
    if (within === "") return `node_modules/${name}`;
  }
}
