/**
 * Brings the packages of a project into its artefact: finds them, has the parts for another platform fetched, copies them. Must not
 * judge what it found.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ProjectBuild } from "../compile-project.ts";
import { findNatives, type NativePackage } from "../natives/check-natives.ts";
import { fetchVariants } from "../natives/fetch-variants.ts";
import type { Cpu } from "../natives/target.ts";
import { isFile } from "../source-files.ts";
import { collectImporters, type UndeclaredPackage } from "./collect-importers.ts";
import { copyPackages, measurePackages, type PlacedPackage, stampOf, takePackages } from "./copy-packages.ts";
import { placePackages } from "./place-packages.ts";
import { type InheritedPackage, resolveClosure, type UnmetPeer, type Variant } from "./resolve-closure.ts";

export interface InstallOptions {
  build: ProjectBuild;
  /** Packages that source names otherwise than by an import, by file. */
  implied: ReadonlyMap<string, ReadonlySet<string>>;
  cpu: Cpu;
  /** Where parts for another platform are fetched to. */
  staging: string;
  /** An earlier artefact of the same project may lie in `folder`; `record` tells what its packages are. */
  before?: { folder: string; record: string };
}

export interface InstalledPackages {
  packages: PlacedPackage[];
  natives: NativePackage[];
  undeclared: UndeclaredPackage[];
  unmet: UnmetPeer[];
  /** What packages import without declaring it. */
  inherited: InheritedPackage[];
  /** Parts for the target that could not be had, and why. */
  missing: Variant[];
  whyMissing: string | undefined;
}

/** @throws ConfigError that names both if a required dependency of a package is not installed */
export async function installPackages(options: InstallOptions): Promise<InstalledPackages> {
  const { build, implied, cpu, staging, before } = options;
  const { importers, undeclared, tools } = collectImporters(build, implied);
  let closure = resolveClosure({ importers, cpu, tools });
  let whyMissing: string | undefined;
  if (closure.missing.length > 0) {
    whyMissing = await fetchVariants({ missing: closure.missing, cpu, project: build.config.dir, folder: staging });
    closure = resolveClosure({ importers, cpu, tools, staging });
  }
  const packages = measurePackages(placePackages(closure.importers));
  const stamp = stampOf(packages);
  const same = before !== undefined && isFile(before.record) && readFileSync(before.record, "utf8") === stamp;
  if (!same || !takePackages(packages, before.folder, build.out)) copyPackages(packages, build.out);
  if (before) {
    mkdirSync(path.dirname(before.record), { recursive: true });
    writeFileSync(before.record, stamp);
  }
  const { missing, unmet, inherited } = closure;
  return { packages, natives: findNatives(packages, cpu), undeclared, unmet, inherited, missing, whyMissing };
}
