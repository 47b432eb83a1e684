/** Copies the compiled text of installed packages to where the artefact has those packages. */
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { COMPILED } from "../../functions/protocol/compiled.ts";
import type { ProjectBuild } from "../compile-project.ts";
import { compiledName, isInside, isInstalled } from "../source-files.ts";
import type { PlacedPackage } from "./copy-packages.ts";

export function placeCompiled({ sources, base, out }: ProjectBuild, packages: readonly PlacedPackage[]): void {
  for (const { file, format } of sources.files.values()) {
    if (!isInstalled(file)) continue;
    const from = path.join(out, COMPILED, compiledName(path.relative(base, file), format));
    for (const {
      at,
      package: { dir },
    } of packages) {
      const to = path.join(out, COMPILED, compiledName(path.join(at, path.relative(dir, file)), format));
      if (!isInside(dir, file) || existsSync(to)) continue;
      mkdirSync(path.dirname(to), { recursive: true });
      copyFileSync(from, to);
    }
  }
}
