/** Brings the packages of a project into its artefact: finds them, fetches the parts for the target's platform, and copies them. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ProjectBuild } from "../compile-project.ts";
import { findNatives, type NativePackage } from "../natives/check-natives.ts";
import { fetchVariants } from "../natives/fetch-variants.ts";
import { type Cpu, CPUS } from "../natives/target.ts";
import { isFile } from "../source-files.ts";
import { collectImporters, type UndeclaredPackage } from "./collect-importers.ts";
import { copyPackages, measurePackages, type PlacedPackage, stampOf, takePackages } from "./copy-packages.ts";
import { placePackages } from "./place-packages.ts";
import {
  type ClosureOptions,
  type InheritedPackage,
  resolveClosure,
  type UnmetPeer,
  type Variant,
} from "./resolve-closure.ts";

export interface InstallOptions {
  build: ProjectBuild;
  /** Packages that source names otherwise than by an import, by file. */
  implied: ReadonlyMap<string, ReadonlySet<string>>;
  cpu: Cpu;
  /** Where parts for another platform are fetched to. */
  staging: string;
  /** `folder` may have an earlier artefact of the project; the file `record` describes its packages. */
  before?: { folder: string; record: string };
}

export interface InstalledPackages {
  packages: PlacedPackage[];
  natives: NativePackage[];
  /** Packages for this machine's CPU that the artefact does not have, with which its graphs can be loaded here. */
  standIns: PlacedPackage[];
  undeclared: UndeclaredPackage[];
  /** Listed, not imported, and left out. */
  idle: string[];
  unmet: UnmetPeer[];
  /** What packages import without declaring it. */
  inherited: InheritedPackage[];
  /** Parts for the target that could not be fetched, and why. */
  missing: Variant[];
  whyMissing: string | undefined;
}

/** @throws ConfigError that names both if a required dependency of a package is not installed */
export async function installPackages(options: InstallOptions): Promise<InstalledPackages> {
  const { build, implied, cpu, staging, before } = options;
  const { importers, undeclared, tools, idle } = collectImporters(build, implied);
  let closure = resolveClosure({ importers, cpu, tools });
  let whyMissing: string | undefined;
  if (closure.missing.length > 0) {
    const wanted = { missing: closure.missing, cpu, project: build.config.dir, folder: staging };
    const fetched = await fetchVariants(wanted);
    whyMissing = fetched.why;
    closure = resolveClosure({ importers, cpu, tools, fetched: fetched.dirs });
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
  const natives = findNatives(packages, cpu);
  const standIns = natives.length === 0 ? [] : partsOfThisMachine({ importers, cpu, tools }, packages);
  return { packages, natives, standIns, undeclared, unmet, inherited, idle, missing, whyMissing };
}

/** What is installed here for this machine's CPU where the artefact has parts for another one. */
function partsOfThisMachine(
  options: Pick<ClosureOptions, "importers" | "cpu" | "tools">,
  packages: readonly PlacedPackage[],
): PlacedPackage[] {
  const own = process.platform === "linux" ? CPUS.find((cpu) => cpu === process.arch) : undefined;
  if (own === undefined || own === options.cpu) return [];
  const taken = new Set(packages.map(({ at }) => at));
  const placed = placePackages(resolveClosure({ ...options, cpu: own }).importers);
  return measurePackages(placed.filter(({ at }) => !taken.has(at)));
}
