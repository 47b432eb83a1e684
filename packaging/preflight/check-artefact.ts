/**
 * Checks an artefact before it is deployed: what will not work on Lambda, and what will cause trouble. Does not load the project's code.
 */
import path from "node:path";
import { DEFAULT_CONFIGS, DefaultConfigError, readDefaultConfigs } from "../../functions/protocol/default-configs.ts";
import type { InstalledPackages } from "../closure/install-packages.ts";
import type { ProjectBuild } from "../compile-project.ts";
import { FUNCTION_BYTES, FUNCTION_BYTES_NEAR } from "../limits.ts";
import { checkNatives, missingVariants } from "../natives/check-natives.ts";
import type { Cpu } from "../natives/target.ts";
import { packageManagerOf } from "../package-manager.ts";
import type { ArtefactPython } from "../python/add-python.ts";
import type { ProjectEnv } from "../config/read-env.ts";
import { adviceFor, isReference, looksSecret } from "../config/secret-variables.ts";
import { toPosix } from "../source-files.ts";
import { whyRefused } from "../config/variable-destinations.ts";
import { checkEnv } from "./check-env.ts";
import { type Finding, finding, inOrder } from "./finding.ts";
import { inMegabytes, listed, packageSizes } from "./sizes.ts";
import type { FoundIn, ProjectScan } from "./scan-project.ts";

export interface CheckOptions {
  build: ProjectBuild;
  scan: ProjectScan;
  /** The values of the config's env at present. */
  env: ProjectEnv;
  installed: InstalledPackages;
  python?: ArtefactPython | undefined;
  cpu: Cpu;
  /** Of all files. */
  bytes: number;
  /** Whether it becomes a container image, which may have 10 GB and builds what must be built. */
  image: boolean;
}

/** Errors first. */
export function checkArtefact(options: CheckOptions): Finding[] {
  const { build, scan, env, installed, cpu, image } = options;
  const findings = [
    ...checkGraphs(build),
    ...build.notes.map((text) => finding("note", "config", text)),
    ...(image ? [] : checkSize(options)),
    ...checkNatives({ ...installed, cpu, image }),
    ...missingVariants(installed.missing, installed.whyMissing),
    ...checkPackages(options),
    ...checkPython(options),
    ...checkSource(scan),
    ...checkEnv(scan.env),
    ...checkDefaults(env),
    ...checkVariables(env),
  ];
  return inOrder(findings);
}

function checkGraphs({ manifest, config, sources }: ProjectBuild): Finding[] {
  const cannot = (id: string, why: string): Finding =>
    finding("warning", "graph", `Graph "${id}" cannot be served: ${why}`);
  const broken = Object.entries(manifest.graphs).flatMap(([id, { error }]) =>
    error === undefined ? [] : cannot(id, error),
  );
  const unexported = Object.entries(config.graphs).flatMap(([id, graph]) => {
    const { symbol, source } = graph;
    const exports = graph.kind === "javascript" ? sources.get(graph.file)?.exports : undefined;
    return !exports || exports.includes(symbol)
      ? []
      : cannot(id, `${source} exports no "${symbol}", only ${listed(exports)}.`);
  });
  return [...broken, ...unexported, ...manifest.warnings.map((text) => finding("warning", "config", text))];
}

/** How many packages and files are named when there are too many bytes; and from what a file is one of them. */
const LARGEST = 5;
const LARGE_FILE = 1_024 * 1_024;

function checkSize({ build, bytes, installed, python }: CheckOptions): Finding[] {
  if (bytes < FUNCTION_BYTES_NEAR) return [];
  const sized = (list: readonly { name: string; bytes: number }[]): string =>
    list.map(({ name, bytes: size }) => `${name} ${inMegabytes(size)}`).join(", ");
  const files = build.own.files
    .filter((file) => file.bytes > LARGE_FILE)
    .toSorted((a, b) => b.bytes - a.bytes)
    .map((file) => ({ name: toPosix(path.relative(build.config.dir, file.file)), bytes: file.bytes }))
    .slice(0, LARGEST);
  const own =
    files.length === 0 ? "" : `Of the project's files: ${sized(files)}; "threadline": {"exclude": […]} leaves out. `;
  const largest = [...packageSizes(installed.packages), ...(python?.packages ?? [])].toSorted(
    (a, b) => b.bytes - a.bytes,
  );
  const over = bytes > FUNCTION_BYTES;
  const text =
    `The artefact has ${inMegabytes(bytes)} unzipped; a function may have ${inMegabytes(FUNCTION_BYTES)}. ` +
    `The largest packages: ${sized(largest.slice(0, LARGEST))}. ${own}${over ? "Remove some, or use" : "If it grows, use"} a container image (--image).`;
  return [finding(over ? "error" : "warning", "size", text)];
}

function checkPython({ python }: CheckOptions): Finding[] {
  if (!python || python.idle.length === 0) return [];
  return [finding("note", "package", `Left out, as nothing that is served needs it: ${listed(python.idle)}.`)];
}

function checkPackages({ build, scan, installed }: CheckOptions): Finding[] {
  const { undeclared, packages } = installed;
  const there = new Set(packages.map(({ at }) => at.slice(at.lastIndexOf("node_modules/") + "node_modules/".length)));
  const from = (file: string): string => toPosix(path.relative(build.config.dir, file));
  const stray = undeclared.map(
    ({ name, file, development }) => `${name} (${from(file)}${development ? "; a devDependency" : ""})`,
  );
  const unsaid = `Not among the dependencies of package.json, but used: ${listed(stray)}. In the artefact because they are installed here.`;
  const absent = [...scan.implied].flatMap(([file, names]) =>
    [...names].filter((name) => !there.has(name)).map((name) => ({ name, file })),
  );
  const unmet = absent.map(({ name, file }) =>
    finding(
      "warning",
      "package",
      `${from(file)} names a model of ${name}, which is not installed: ${packageManagerOf(build.config.dir).add} ${name}.`,
    ),
  );
  const peers = installed.unmet.map(({ name, of }) => `${name} (by ${of})`);
  const inherited = (asTools: boolean): string[] =>
    installed.inherited
      .filter(({ name, isTool }) => isTool === asTools && (!isTool || !there.has(name)))
      .map(({ name, by }) => `${name} (by ${by})`);
  const [brought, left] = [inherited(false), inherited(true)];
  const unbrought = "Left out as a devDependency, though a package imports it without declaring it";
  const unserved = "Left out, as nothing that is served imports it";
  const isLost = there.has("deepagents") && !there.has("@langchain/anthropic");
  const deep = "deepagents uses @langchain/anthropic unless it is given a model, and does not bring it.";
  return [
    ...(stray.length > 0 ? [finding("warning", "package", unsaid)] : []),
    ...unmet,
    ...(peers.length > 0
      ? [finding("warning", "package", `Expected to be installed beside, but not installed: ${listed(peers)}.`)]
      : []),
    ...(brought.length > 0
      ? [finding("note", "package", `Imported by packages that do not declare it, and brought: ${listed(brought)}.`)]
      : []),
    ...(left.length > 0 ? [finding("note", "package", `${unbrought}: ${listed(left)}.`)] : []),
    ...(installed.idle.length > 0 ? [finding("note", "package", `${unserved}: ${listed(installed.idle)}.`)] : []),
    ...(isLost ? [finding("note", "package", deep)] : []),
  ];
}

function checkSource({ processes, writes, computed }: ProjectScan): Finding[] {
  const found = [
    finding(
      "warning",
      "process",
      `Starts other programs: ${listPlaces(processes)}. On Lambda there are only Node and what is in the artefact, and they stop with the invocation.`,
    ),
    finding(
      "warning",
      "disk",
      `May write outside of /tmp, where Lambda's disk is read-only: ${listPlaces(writes)}. Write below os.tmpdir(), or to a service.`,
    ),
    finding(
      "note",
      "package",
      `Imports packages by names that exist only at run time: ${listPlaces(computed)}. Only what package.json lists as dependencies is in the artefact.`,
    ),
  ];
  return found.filter((_, index) => [processes, writes, computed][index]?.length);
}

function listPlaces(places: readonly FoundIn[]): string {
  return listed(places.map(({ what, where }) => `${where} ${what}`.trim()));
}

/** With wrong default configs a function serves nothing. */
function checkDefaults({ values }: ProjectEnv): Finding[] {
  const given = values[DEFAULT_CONFIGS];
  if (given === undefined || isReference(given)) return [];
  try {
    readDefaultConfigs(given);
    return [];
  } catch (error) {
    if (!(error instanceof DefaultConfigError)) throw error;
    return [finding("error", "config", error.message)];
  }
}

function checkVariables({ values }: ProjectEnv): Finding[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const refused = whyRefused(name);
    if (refused !== undefined) return [finding("warning", "secret", `Will not be deployed: ${name} ${refused}.`)];
    return looksSecret(name, value) ? [finding("warning", "secret", `Will not be deployed: ${adviceFor(name)}`)] : [];
  });
}
