/** Merges copies of one version of a package if their imports find the same packages. */
import type { InstalledPackage } from "./installed-package.ts";

/**
 * Copies of equal key are one group at first. A group is split while two of its members have dependencies in different groups, so that
 * packages that depend on each other in a circle are compared, too.
 * @returns for each package the one that replaces it; dependencies name replacements, too
 */
export function mergeCopies(packages: readonly InstalledPackage[]): Map<InstalledPackage, InstalledPackage> {
  let groups = numbered(packages, ({ key }) => key);
  for (let count = 0; count !== groups.count;) {
    count = groups.count;
    const { of } = groups;
    groups = numbered(packages, (one) => {
      const found = [...one.dependencies].map(([name, dependency]) => `${name} ${of.get(dependency)}`);
      return [of.get(one), ...found.toSorted()].join("\n");
    });
  }
  const firsts = new Map<number | undefined, InstalledPackage>();
  for (const one of packages) {
    const group = groups.of.get(one);
    if (!firsts.has(group)) firsts.set(group, one);
  }
  const merged = new Map(packages.map((one) => [one, firsts.get(groups.of.get(one)) ?? one]));
  for (const one of firsts.values())
    for (const [name, dependency] of one.dependencies) one.dependencies.set(name, merged.get(dependency) ?? dependency);
  return merged;
}

/** Packages of equal text get equal numbers. */
function numbered(
  packages: readonly InstalledPackage[],
  textOf: (one: InstalledPackage) => string,
): { of: Map<InstalledPackage, number>; count: number } {
  const numbers = new Map<string, number>();
  const of = new Map<InstalledPackage, number>();
  for (const one of packages) {
    const text = textOf(one);
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    of.set(one, number);
  }
  return { of, count: numbers.size };
}
