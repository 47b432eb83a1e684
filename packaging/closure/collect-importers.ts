/**
 * Collects the dependents with which the search for packages begins: the packages whose source was compiled, the bridge to LangGraph, and
 * files that import what no package.json declares.
 */
import { isBuiltin } from "node:module";
import path from "node:path";
import { bridgeFolder, CORE, LANGGRAPH } from "../bridge.ts";
import type { ProjectBuild } from "../compile-project.ts";
import {
  findInstalled,
  isInside,
  isRecord,
  type PackageFolder,
  packageName,
  readJsonObject,
  toPosix,
} from "../source-files.ts";
import { idlePackages, withoutPackages } from "./idle-packages.ts";
import type { Importer } from "./resolve-closure.ts";

/** A package that source imports and its package.json does not list for production. */
export interface UndeclaredPackage {
  name: string;
  /** Absolute path of the source file. */
  file: string;
  /** It is among the devDependencies. */
  development: boolean;
}

export interface Importers {
  /** The config folder's own first, then by depth. */
  importers: Importer[];
  undeclared: UndeclaredPackage[];
  /** What the project and its workspace list for development only. */
  tools: Set<string>;
  /** Packages that it lists and does not import; they are left out. */
  idle: string[];
}

type Build = Pick<ProjectBuild, "sources" | "packages" | "langgraph" | "base" | "config">;

/** @param implied packages that source names otherwise than by an import, by file */
export function collectImporters(build: Build, implied: ReadonlyMap<string, ReadonlySet<string>>): Importers {
  const { sources, packages, langgraph, base, config } = build;
  const found = new Map<string, Importer & { undeclared: Map<string, string> }>();
  const undeclared = new Map<string, UndeclaredPackage>();
  const used = new Set<string>();
  const at = (dir: string, manifest: PackageFolder["manifest"]) => {
    const place = isInside(base, dir) ? toPosix(path.relative(base, dir)) : "";
    const known = found.get(place) ?? { at: place, dir, manifest, undeclared: new Map<string, string>() };
    found.set(place, known);
    return known;
  };
  for (const { file, packages: imports } of sources.own().toSorted(byFile)) {
    const owner = packages.owner(file) ?? { dir: base, manifest: {} };
    const importer = at(owner.dir, owner.manifest);
    const named = [...imports].filter((specifier) => !isBuiltin(specifier)).map(packageName);
    for (const name of new Set([...named, ...(implied.get(file) ?? [])].toSorted())) {
      used.add(name);
      const real = findInstalled(name, path.dirname(file))?.real;
      if (real === undefined || isDeclared(name, owner.manifest) || importer.undeclared.has(name)) continue;
      importer.undeclared.set(name, real);
      const development = isListed(name, owner.manifest["devDependencies"]);
      if (real.split(path.sep).includes("node_modules")) undeclared.set(name, { name, file, development });
    }
  }
  if (langgraph) {
    const bridge = at(path.join(base, bridgeFolder(langgraph, base)), {});
    bridge.undeclared.set(LANGGRAPH, langgraph.real.langgraph);
    if (langgraph.real.core !== undefined) bridge.undeclared.set(CORE, langgraph.real.core);
  }
  const own = toPosix(path.relative(base, config.dir));
  const manifests = [...found.values()].map(({ manifest }) => manifest);
  const idle = idlePackages(manifests, used);
  const importers = [...found.values()].map((one) => ({ ...one, manifest: withoutPackages(one.manifest, idle) }));
  return {
    importers: importers.toSorted(byPlace(own)),
    idle,
    undeclared: [...undeclared.values()],
    tools: toolsOf(manifests.concat(rootManifest(base))),
  };
}

const rootManifest = (base: string): PackageFolder["manifest"] => readJsonObject(path.join(base, "package.json")) ?? {};

function toolsOf(manifests: readonly PackageFolder["manifest"][]): Set<string> {
  const tools = manifests.flatMap(({ devDependencies: list }) => (isRecord(list) ? Object.keys(list) : []));
  return new Set(tools.filter((name) => !manifests.some((manifest) => isDeclared(name, manifest))));
}

/** Folders around the config folder before all others, outer ones before what lies in them. */
function byPlace(own: string): (a: Importer, b: Importer) => number {
  const around = ({ at }: Importer): number => (at === "" || at === own || own.startsWith(`${at}/`) ? 0 : 1);
  return (a, b) => around(a) - around(b) || depth(a) - depth(b) || (a.at < b.at ? -1 : 1);
}

/** The order in which the compiler finds files is not fixed. */
const byFile = (a: { file: string }, b: { file: string }): number => (a.file < b.file ? -1 : 1);

const depth = ({ at }: Importer): number => (at === "" ? 0 : at.split("/").length);

function isDeclared(name: string, manifest: PackageFolder["manifest"]): boolean {
  const lists = ["dependencies", "optionalDependencies", "peerDependencies"].map((field) => manifest[field]);
  return name === manifest["name"] || lists.some((list) => isListed(name, list));
}

function isListed(name: string, list: unknown): boolean {
  return isRecord(list) && Object.hasOwn(list, name);
}
