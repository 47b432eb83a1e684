/**
 * Finds every package that a project needs at run time: the dependencies, optional dependencies and installed peers of its source and of
 * each package, and undeclared imports. Each is resolved from the folder of its dependent, as Node does it, with npm, pnpm and yarn alike.
 */
import path from "node:path";
import { type Cpu, fitsPlatform, isVariantFor } from "../natives/target.ts";
import { ConfigError } from "../config/read-config.ts";
import { packageManagerOf } from "../package-manager.ts";
import { findInstalled, isRecord, readJsonObject } from "../source-files.ts";
import type { InstalledPackage } from "./installed-package.ts";
import { mergeCopies } from "./merge-copies.ts";
import { undeclaredImports } from "./undeclared-imports.ts";

/** A folder of source. Relative to the mirror it lies at `at`: "" or "apps/agent". */
export interface Importer {
  at: string;
  dir: string;
  /** Its package.json; `{}` for a folder that only holds roots. */
  manifest: Readonly<Record<string, unknown>>;
  /** Packages that it imports without declaring them, as found from the files that do. */
  undeclared: ReadonlyMap<string, string>;
}

/** The part of another package for the target's platform that is not installed here. */
export interface Variant {
  name: string;
  /** As the other package asks for it. */
  range: string;
  of: string;
}

/** A package that another one imports, and that nobody declares. */
export interface InheritedPackage {
  name: string;
  by: string;
  /** One of the project's devDependencies: not packed for this reason. */
  isTool: boolean;
}

/** A package that another one expects its user to install. */
export interface UnmetPeer {
  name: string;
  of: string;
}

export interface Closure {
  /** In the order of the importers. */
  importers: { at: string; dependencies: Map<string, InstalledPackage> }[];
  packages: InstalledPackage[];
  missing: Variant[];
  unmet: UnmetPeer[];
  inherited: InheritedPackage[];
}

export interface ClosureOptions {
  importers: readonly Importer[];
  cpu: Cpu;
  /** Tools that the project has for its development: other packages' undeclared imports do not bring them. */
  tools?: ReadonlySet<string>;
  /** Folders of variants that were fetched, by `name@range`. */
  fetched?: ReadonlyMap<string, string>;
}

/** @throws ConfigError that names both if a required dependency of a package is not installed */
export function resolveClosure(options: ClosureOptions): Closure {
  const walk = new Walk(options);
  const found = options.importers.map((importer) => ({ at: importer.at, dependencies: walk.fromSource(importer) }));
  walk.follow();
  const copies = [...walk.packages.values()];
  const merged = mergeCopies(copies);
  const importers = found.map(({ at, dependencies }) => ({
    at,
    dependencies: new Map([...dependencies].map(([name, one]) => [name, merged.get(one) ?? one])),
  }));
  const manifests = [...options.importers, ...copies].map(({ manifest }) => manifest);
  const known = new Set(manifests.flatMap((manifest) => [...declared(manifest).keys()]));
  const inherited = [...walk.inherited.values()].filter(({ name }) => !known.has(name));
  const { missing, unmet } = walk;
  return {
    importers,
    packages: [...new Set(merged.values())],
    missing: [...missing.values()],
    unmet: [...unmet.values()],
    inherited,
  };
}

const EXACT = /^\d+\.\d+\.\d+/;

class Walk {
  /** By folder without links. */
  readonly packages = new Map<string, InstalledPackage>();
  readonly missing = new Map<string, Variant>();
  readonly unmet = new Map<string, UnmetPeer>();
  readonly inherited = new Map<string, InheritedPackage>();
  readonly #cpu: Cpu;
  readonly #tools: ReadonlySet<string>;
  readonly #fetched: ReadonlyMap<string, string>;
  readonly #queue: InstalledPackage[] = [];

  constructor({ cpu, tools, fetched }: ClosureOptions) {
    this.#cpu = cpu;
    this.#tools = tools ?? new Set();
    this.#fetched = fetched ?? new Map();
  }

  /** Leaves out what lies outside every node_modules: that is source, which is compiled. */
  fromSource({ dir, manifest, undeclared }: Importer): Map<string, InstalledPackage> {
    const found = this.#dependenciesOf(dir, manifest, describe(manifest, dir), (real) => !isSource(real));
    for (const [name, real] of undeclared) if (!found.has(name) && !isSource(real)) found.set(name, this.#add(real));
    return found;
  }

  follow(): void {
    for (const one of this.#queue) {
      one.dependencies = this.#dependenciesOf(one.dir, one.manifest, one.key, (real) => real !== one.dir);
      for (const [name, real] of undeclaredImports(one)) {
        if (isSource(real) || !this.#fits(real)) continue;
        const isTool = this.#tools.has(name);
        if (!isTool) one.dependencies.set(name, this.#add(real));
        this.inherited.set(`${name} ${one.key}`, { name, by: one.key, isTool });
      }
    }
  }

  #dependenciesOf(
    dir: string,
    manifest: Readonly<Record<string, unknown>>,
    dependent: string,
    wanted: (real: string) => boolean,
  ): Map<string, InstalledPackage> {
    const found = new Map<string, InstalledPackage>();
    for (const [name, { range, required, expected }] of declared(manifest)) {
      const real = this.#installed(name, dir, range) ?? this.#fetched.get(`${name}@${range}`);
      if (real === undefined) {
        if (required)
          throw new ConfigError(
            `${dependent} needs ${name}, which is not installed where it can see it (${packageManagerOf(dir).install}?).`,
          );
        if (expected) this.unmet.set(`${name} ${dependent}`, { name, of: dependent });
        if (isVariantFor(name, this.#cpu)) this.missing.set(`${name}@${range}`, { name, range, of: dependent });
      } else if (wanted(real) && (required || this.#fits(real))) found.set(name, this.#add(real));
    }
    return found;
  }

  #fits(real: string): boolean {
    return fitsPlatform(readJsonObject(path.join(real, "package.json")) ?? {}, this.#cpu);
  }

  /** A variant fits one version of its package; one of another version, found further up, does not count. */
  #installed(name: string, dir: string, range: string): string | undefined {
    const real = findInstalled(name, dir)?.real;
    if (real === undefined || !isVariantFor(name, this.#cpu) || !EXACT.test(range)) return real;
    return readJsonObject(path.join(real, "package.json"))?.["version"] === range ? real : undefined;
  }

  #add(dir: string): InstalledPackage {
    const known = this.packages.get(dir);
    if (known) return known;
    const manifest = readJsonObject(path.join(dir, "package.json")) ?? {};
    const name = typeof manifest["name"] === "string" ? manifest["name"] : path.basename(dir);
    const version = typeof manifest["version"] === "string" ? manifest["version"] : undefined;
    const key = version === undefined ? dir : `${name}@${version}`;
    const added: InstalledPackage = { key, name, version, dir, manifest, dependencies: new Map() };
    this.packages.set(dir, added);
    this.#queue.push(added);
    return added;
  }
}

interface Declared {
  range: string;
  required: boolean;
  /** A peer that is not marked optional: npm installs it, other package managers only warn. */
  expected: boolean;
}

/** By name; types have nothing to run. npm counts a name in both lists as optional. */
function declared(manifest: Readonly<Record<string, unknown>>): Map<string, Declared> {
  const found = new Map<string, Declared>();
  for (const field of ["peerDependencies", "dependencies", "optionalDependencies"]) {
    const list = manifest[field];
    for (const [name, range] of Object.entries(isRecord(list) ? list : {})) {
      if (name.startsWith("@types/")) continue;
      const expected = field === "peerDependencies" && !isOptionalPeer(name, manifest);
      found.set(name, { range: typeof range === "string" ? range : "*", required: field === "dependencies", expected });
    }
  }
  return found;
}

function isOptionalPeer(name: string, { peerDependenciesMeta: meta }: Readonly<Record<string, unknown>>): boolean {
  const entry = isRecord(meta) ? meta[name] : undefined;
  return isRecord(entry) && entry["optional"] === true;
}

function isSource(real: string): boolean {
  return !real.split(path.sep).includes("node_modules");
}

function describe(manifest: Readonly<Record<string, unknown>>, dir: string): string {
  return typeof manifest["name"] === "string" ? manifest["name"] : path.join(dir, "package.json");
}
