/**
 * Resolves a specifier that is no path by the project's own names: `paths` of tsconfig, `imports` of package.json, packages of the
 * workspace. The files need not exist.
 */
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Alias } from "../../../protocol/manifest.ts";
import type { HookedProject } from "./hooked-projects.ts";

/** Absolute paths, the most specific pattern first, as TypeScript does. */
export function aliasedPaths(specifier: string, parent: string | undefined, project: HookedProject): string[] {
  if (parent === undefined || !project.aliases) return [];
  const mirror = fileURLToPath(project.mirror);
  const file = path.relative(mirror, fileURLToPath(parent));
  const known = project.aliases.filter(({ dir }) => dir === "" || file.startsWith(`${dir}/`));
  const nearest = known.toSorted((a, b) => b.dir.length - a.dir.length || b.pattern.length - a.pattern.length);
  return nearest.flatMap((alias) => meant(specifier, alias).map((target) => path.join(mirror, target)));
}

function meant(specifier: string, { pattern, targets }: Alias): string[] {
  const [before = "", after] = pattern.split("*");
  if (after === undefined) return specifier === pattern ? targets : [];
  if (!specifier.startsWith(before) || !specifier.endsWith(after)) return [];
  const rest = specifier.slice(before.length, specifier.length - after.length);
  return targets.map((target) => target.replace("*", () => rest));
}
