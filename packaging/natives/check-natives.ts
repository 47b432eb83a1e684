/** Checks whether the binaries of packages are for the target: by their headers, by package.json, and by how they are built. */
import path from "node:path";
import type { PlacedPackage } from "../closure/copy-packages.ts";
import type { PackageFile } from "../closure/list-files.ts";
import type { Variant } from "../closure/resolve-closure.ts";
import type { Finding } from "../preflight/finding.ts";
import { isRecord } from "../source-files.ts";
import { type Binary, readBinary } from "./binary-header.ts";
import { type Cpu, CPUS, fitsPlatform, isVariantFor } from "./target.ts";

const BUILDS = /node-gyp|prebuild|cmake-js|node-pre-gyp|napi build/;
const BUILT = /^build\/(?:Release|Debug)\//;
const LIBRARY = /\.node$|\.so(?:\.\d+)*$/;

export interface NativePackage {
  /** name@version */
  key: string;
  platforms: string[];
  /** Whether one of its binaries, or of its variant's, is for the target. */
  fits: boolean;
  /** Installing it compiles something. */
  built: boolean;
}

/** Packages with binaries, or whose binaries are missing; each once. */
export function findNatives(packages: readonly PlacedPackage[], cpu: Cpu): NativePackage[] {
  const found = new Map<string, NativePackage>();
  const filesOf = new Map(packages.map((one) => [one.package.key, one.files]));
  const hasVariant = ({ package: { dependencies } }: PlacedPackage): boolean =>
    [...dependencies.values()].some(
      ({ key, name }) => isVariantFor(name, cpu) && binariesIn(filesOf.get(key) ?? []).some((one) => isFor(one, cpu)),
    );
  for (const one of packages) {
    const { key } = one.package;
    if (found.has(key)) continue;
    const binaries = binariesIn(one.files);
    const built = isBuilt(one);
    if (binaries.length === 0 && !(built && needsBinary(one))) continue;
    const platforms = [...new Set(binaries.map(({ platform }) => platform))].toSorted();
    // What was built on installation is loaded before what came with the package.
    const made = binariesIn(one.files.filter(({ name }) => BUILT.test(name)));
    const loaded = made.length > 0 ? made : binaries;
    const fits = hasVariant(one) || loaded.some((binary) => isFor(binary, cpu));
    found.set(key, { key, platforms, fits, built });
  }
  return [...found.values()];
}

export interface NativeCheck {
  packages: readonly PlacedPackage[];
  natives: readonly NativePackage[];
  cpu: Cpu;
  /** Whether a container image builds what must be built. */
  image: boolean;
}

export function checkNatives({ packages, natives, cpu, image }: NativeCheck): Finding[] {
  const unfit = natives.filter(({ fits }) => !fits);
  const checked = new Set(natives.map(({ key }) => key));
  const foreign = packages.filter(
    ({ package: { key, manifest } }) => !checked.has(key) && !fitsPlatform(manifest, cpu),
  );
  const stated = foreign.map(({ package: { key, manifest } }) => {
    const other = CPUS.find((one) => fitsPlatform(manifest, one));
    return `${key} states that it is not for linux ${cpu}${other === undefined ? "" : `: ${deployFor(other)}`}.`;
  });
  return [
    ...unfit.map((native) => (native.built && image ? willBeBuilt(native) : complain(native, cpu))),
    ...stated.map((text): Finding => ({ level: "error", topic: "native", text })),
  ];
}

function willBeBuilt({ key }: NativePackage): Finding {
  return { level: "note", topic: "native", text: `${key} is built in the image.` };
}

/** What could not be fetched. */
export function missingVariants(missing: readonly Variant[], why: string | undefined): Finding[] {
  return missing.map(({ name, range, of }) => ({
    level: "error",
    topic: "native",
    text:
      `${of} needs ${name}@${range} there, which is not installed here and could not be fetched: ` +
      `${why ?? "npm did not bring it"}.${adviceFor(name)}`,
  }));
}

/** Advice for a package. Both of Lambda's CPUs run the same code. */
function adviceFor(name: string): string {
  const [lacking] = CPUS.filter((cpu) => isVariantFor(name, cpu));
  const other = CPUS.find((cpu) => cpu !== lacking);
  return other === undefined ? "" : ` If there is none: ${deployFor(other)}.`;
}

function complain({ key, platforms, built }: NativePackage, cpu: Cpu): Finding {
  const way = `build the artefact on a linux ${cpu} machine, or use a container image (--image)`;
  if (platforms.length === 0) {
    const text = `${key} is built when it is installed, and has not been built here (install scripts off?): ${way}.`;
    return { level: "warning", topic: "native", text };
  }
  const has = `has binaries for ${platforms.join(", ")}, none for linux ${cpu}`;
  const other = CPUS.find((one) => one !== cpu && platforms.includes(`linux ${one}`));
  const ways = [...(other === undefined ? [] : [deployFor(other)]), ...(built ? [way] : [])].join(", or ");
  const text = `${key} ${built ? "was built on installation and " : ""}${has}${ways === "" ? "" : `: ${ways}`}.`;
  return { level: "error", topic: "native", text };
}

const deployFor = (cpu: Cpu): string => `deploy for ${cpu} (-c cpu=${cpu}; npm run package -- --cpu ${cpu})`;

const binariesIn = (files: readonly PackageFile[]): Binary[] =>
  files.filter(mayBeBinary).flatMap(({ source }) => readBinary(source) ?? []);

/** A program without a suffix is recognised by its permission to run. */
function mayBeBinary({ name, executable }: PackageFile): boolean {
  return LIBRARY.test(name) || (executable && path.posix.extname(name) === "");
}

function isFor({ os, cpu }: Binary, wanted: Cpu): boolean {
  return os === "linux" && cpu === wanted;
}

function isBuilt({ files, package: { manifest } }: PlacedPackage): boolean {
  const scripts = isRecord(manifest["scripts"]) ? manifest["scripts"] : {};
  const install = ["preinstall", "install", "postinstall"].map((name) => scripts[name]);
  return (
    files.some(({ name }) => name === "binding.gyp") ||
    install.some((script) => typeof script === "string" && BUILDS.test(script))
  );
}

/** Since its variants are packages of their own, sharp is complete without a binary although it can be built. */
function needsBinary({ package: { dependencies, manifest } }: PlacedPackage): boolean {
  const variants = isRecord(manifest["optionalDependencies"]) ? Object.keys(manifest["optionalDependencies"]) : [];
  return !variants.some((name) => dependencies.has(name) && /linux/.test(name));
}
