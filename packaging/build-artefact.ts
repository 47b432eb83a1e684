/**
 * Builds the folder that Lambda gets: the bundles of our three functions, and in `project/` the compiled project with its packages for the
 * target's CPU. All are plain files without links.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ELSEWHERE, ruleByName } from "../functions/protocol/left-out.ts";
import type { LeftOut } from "../functions/protocol/manifest.ts";
import { bundleFunctions, type FunctionName } from "./bundle-functions.ts";
import { installPackages, type InstalledPackages } from "./closure/install-packages.ts";
import { joinModules, type Joined } from "./closure/join-modules.ts";
import { placeCompiled } from "./closure/place-compiled.ts";
import { buildProject, type ProjectBuild } from "./compile-project.ts";
import { writeDockerfile } from "./image.ts";
import { type Cpu } from "./natives/target.ts";
import { addPython, type ArtefactPython } from "./python/add-python.ts";
import { checkArtefact } from "./preflight/check-artefact.ts";
import type { Finding } from "./preflight/finding.ts";
import { bytesOf, filesBelow } from "./preflight/sizes.ts";
import { type EnvName, scanProject } from "./preflight/scan-project.ts";
import { ConfigError, readConfig } from "./config/read-config.ts";
import { isReference, looksSecret } from "./config/secret-variables.ts";
import { destinationOf, whyRefused } from "./config/variable-destinations.ts";
import { isFolder, isRecord, readJsonObject } from "./source-files.ts";

export interface ArtefactOptions {
  /** Path of langgraph.json. */
  config: string;
  /** Default: arm64. */
  cpu?: Cpu;
  /** Default: `.threadline/artefact/<cpu>` beside the config. */
  out?: string;
  /** Adds a Dockerfile, for what does not fit into a ZIP or has to be built there. */
  image?: boolean;
}

export interface Artefact {
  /** Absolute path. */
  folder: string;
  cpu: Cpu;
  /** Bytes of our code by function. */
  sizes: Record<FunctionName, number>;
  /** Bytes of all files. */
  bytes: number;
  graphs: string[];
  /** Graphs that are known not to work without being loaded, by id, with the reason. */
  broken: Record<string, string>;
  packages: InstalledPackages["packages"];
  natives: InstalledPackages["natives"];
  /** Packages of this machine's CPU, with which the graphs can be loaded here. */
  standIns: InstalledPackages["standIns"];
  /** Absent without a graph of Python. */
  python: ArtefactPython | undefined;
  /** Variables that the project's code reads. */
  env: EnvName[];
  /** Names of those in `env` of langgraph.json that a deployment gets. */
  variables: string[];
  /** Files of the project that are not in it, paths from the base. */
  leftOut: LeftOut[];
  findings: Finding[];
  /** Warnings and errors as text, except about secrets, which a deployment may provide in another way. */
  warnings: string[];
}

/** @throws ConfigError if there is no readable config, a package is not installed, or the folder holds something else */
export async function buildArtefact(options: ArtefactOptions): Promise<Artefact> {
  const config = readConfig(options.config);
  const { cpu = "arm64", image = false } = options;
  const own = path.join(config.dir, ".threadline");
  const folder = options.out === undefined ? path.join(own, "artefact", cpu) : path.resolve(options.out);
  const before = setAside(folder);
  const project = path.join(folder, "project");
  const [sizes, build] = await Promise.all([
    bundleFunctions(folder),
    buildProject({ config: config.file, out: project, links: false, written: folder }),
  ]);
  const { env } = config;
  const cache = path.join(own, "python");
  const isForeign = options.out !== undefined;
  const python = config.python && (await addPython({ build, python: config.python, cpu, folder, cache, isForeign }));
  const scan = scanProject(build, process.env);
  const installed = await installPackages({
    build,
    implied: scan.implied,
    cpu,
    staging: path.join(own, "natives", cpu),
    // Users may have changed the content of a folder of their own.
    ...(options.out === undefined
      ? { before: { folder: path.join(before, "project"), record: `${folder}.stamp` } }
      : {}),
  });
  placeCompiled(build, installed.packages);
  rmSync(before, { recursive: true, force: true });
  const { esm } = build.manifest.bridges;
  const joined: Joined = esm === undefined ? { kind: "nothing_to_join" } : await joinModules(path.join(project, esm));
  writeManifest(build);
  const bytes = bytesOf(filesBelow(folder));
  const findings = checkArtefact({ build, scan, env, installed, python, cpu, bytes, image });
  if (joined.kind === "apart")
    findings.push({
      level: "note",
      topic: "start",
      text: `LangGraph loads file by file, which takes longer: ${joined.reason}`,
    });
  if (image) writeDockerfile({ folder, cpu, natives: installed.natives });
  openToAll(folder);
  return {
    folder,
    cpu,
    sizes,
    bytes,
    graphs: Object.keys(build.manifest.graphs),
    broken: Object.fromEntries(
      Object.entries(build.manifest.graphs).flatMap(([id, { error }]) => (error === undefined ? [] : [[id, error]])),
    ),
    packages: installed.packages,
    natives: installed.natives,
    standIns: installed.standIns,
    python,
    env: scan.env,
    variables: Object.entries(env.values).flatMap(([name, value]) =>
      looksSecret(name, value) || whyRefused(name) !== undefined ? [] : [name],
    ),
    leftOut: build.manifest.left_out,
    findings,
    warnings: findings.filter(({ level, topic }) => level !== "note" && topic !== "secret").map(({ text }) => text),
  };
}

/** ms since 1970: 1 January 1980. */
const UNDATED = Date.UTC(1980, 0, 1);

/** Makes all files readable: Lambda runs the code as another user, and this machine's umask may forbid that. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const at = path.join(entry.parentPath, entry.name);
    const { mode } = statSync(at);
    const wanted = entry.isDirectory() || (mode & 0o100) !== 0 ? 0o755 : 0o644;
    if ((mode & 0o777) !== wanted) chmodSync(at, wanted);
  }
}

/** Makes the folder empty. @returns where its earlier content is now */
function setAside(folder: string): string {
  const before = `${folder}.before`;
  rmSync(before, { recursive: true, force: true });
  if (isFolder(folder) && readdirSync(folder).length > 0) {
    const manifest = readJsonObject(path.join(folder, "project", "manifest.json"));
    const unfinished = existsSync(path.join(folder, "project")) && folder.includes(`${path.sep}.threadline${path.sep}`);
    if (manifest?.["version"] !== 1 && !unfinished)
      throw new ConfigError(`${folder} is not empty and holds no earlier artefact: name another output folder.`);
    renameSync(folder, before);
  }
  mkdirSync(folder, { recursive: true });
  return before;
}

/**
 * Leaves out paths of this machine, secrets, and variables of the env file that become a function's settings. The date is
 * SOURCE_DATE_EPOCH or UNDATED: a new checkout of the same content gives the same artefact, which need not be deployed again.
 */
function writeManifest({ manifest, out, config, base }: ProjectBuild): void {
  // A graph may read its langgraph.json; values of variables are left out.
  const { env, ...stated } = readJsonObject(config.file) ?? {};
  const shown = isRecord(env) ? stated : { ...stated, ...(env === undefined ? {} : { env }) };
  writeFileSync(path.join(out, path.relative(base, config.file)), `${JSON.stringify(shown, undefined, 2)}\n`);
  const { source_dir: _source, env_file: _env, ...portable } = manifest;
  const { file, values } = config.env;
  const places = file === undefined ? ["settings", "artefact"] : ["artefact"];
  const open = Object.entries(values).filter(
    ([name, value]) => !looksSecret(name, value) && !isReference(value) && places.includes(destinationOf(name, value)),
  );
  const epoch = Number(process.env["SOURCE_DATE_EPOCH"]);
  const built_at = new Date(epoch > 0 ? epoch * 1_000 : UNDATED).toISOString();
  // Files that are left out by name are not in every checkout.
  const left_out = manifest.left_out.filter(
    ({ path: at, rule }) => rule !== ELSEWHERE && ruleByName(at.replace(/\/$/, "")) === undefined,
  );
  const written = { ...portable, left_out, env_values: Object.fromEntries(open), built_at };
  writeFileSync(path.join(out, "manifest.json"), `${JSON.stringify(written, undefined, 2)}\n`);
}
