/**
 * Brings into an artefact what its graphs of Python need: an interpreter with the project's packages in `python/`, and the code of our
 * child process. What is installed is kept in `.threadline/python` beside langgraph.json; a second build takes it from there.
 */
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import type { ProjectBuild } from "../compile-project.ts";
import type { ConfiguredPython } from "../config/read-python.ts";
import type { Cpu } from "../natives/target.ts";
import { bytesOf, filesBelow } from "../preflight/sizes.ts";
import { bringInterpreter, compilerOf, PROGRAM } from "./bring-interpreter.ts";
import { compileBytecode, type Compiler } from "./compile-bytecode.ts";
import { readDependencies } from "./dependencies.ts";
import type { PythonPackage } from "./environment.ts";
import { findPython, type Interpreter } from "./find-python.ts";
import { installPythonPackages } from "./install-packages.ts";
import { layTree } from "./lay-tree.ts";
import { ownImports } from "./own-source.ts";
import { buildOwnWheels } from "./own-wheels.ts";
import { placePythonChild } from "./place-child.ts";
import { isThisMachine, pythonTarget } from "./target.ts";

export interface ArtefactPython {
  /** Of the interpreter: 3.13.5. */
  version: string;
  /** Bytes without packages. */
  bytes: number;
  /** The largest first. */
  packages: PythonPackage[];
  idle: string[];
  /** What loads the graphs here: the artefact's own interpreter, one of this machine, or nothing, and why. */
  trial: { by: "artefact" } | { by: "machine"; python: string } | { by: "nobody"; why: string };
}

export interface AddPythonOptions {
  build: ProjectBuild;
  python: ConfiguredPython;
  cpu: Cpu;
  /** Of the artefact. */
  folder: string;
  /** Where installed packages are kept. */
  cache: string;
  /** Whether somebody may change files of the artefact in place. */
  isForeign: boolean;
}

/** Where neither langgraph.json nor an environment names one. */
const NEWEST = "3.13";
const FOLDER = "python";

/** @throws ConfigError for what cannot be installed, with the reason and the command that helps */
export async function addPython({
  build,
  python,
  cpu,
  folder,
  cache,
  isForeign,
}: AddPythonOptions): Promise<ArtefactPython> {
  const { dir } = build.config;
  const found = await findPython({ dir, env: process.env, asked: process.env["THREADLINE_PYTHON"] });
  const local = "missing" in found ? undefined : found;
  const version = python.version ?? (local && minorOf(local)) ?? NEWEST;
  const target = pythonTarget(cpu, version);
  const uv = { cwd: dir, python: local?.path };
  const isSame = local !== undefined && minorOf(local) === version;
  const unknown: Compiler = { uv, version, python: isSame ? local.path : undefined };

  const interpreter = await bringInterpreter(uv, target, { cache, compiler: unknown });
  const compiler = compilerOf(unknown, target, interpreter.folder);
  const dependencies = readDependencies(python);
  const shared = { uv, target, compiler, cache };
  const installed = await installPythonPackages({
    ...shared,
    dependencies,
    installed: local ? await installedBy(local) : [],
    imported: ownImports(python.dirs),
  });
  const dirs = [...new Set([...dependencies.local.map((one) => one.dir), ...installed.local])];
  const paths = python.paths.map((one) => path.resolve(dir, one));

  const to = path.join(folder, FOLDER);
  const packages = path.join(to, "lib", `python${version}`, "site-packages");
  const how = isForeign ? "copy" : "link";
  layTree(interpreter.folder, to, how);
  layTree(installed.folder, packages, how);
  if (dirs.length > 0)
    layTree(await buildOwnWheels({ ...shared, dirs, paths, texts: dependencies.texts }), packages, how);
  await compileBytecode(compiler, [placePythonChild(folder), build.out]);
  build.manifest.python = {
    ...build.manifest.python,
    paths: python.paths,
    interpreter: path.posix.join("..", FOLDER, PROGRAM),
  };
  return {
    version: interpreter.version,
    bytes: bytesOf(filesBelow(interpreter.folder)),
    packages: installed.packages,
    idle: installed.idle,
    trial: isThisMachine(target) ? { by: "artefact" } : trialBy(isSame ? local : undefined, target.label),
  };
}

function trialBy(local: Interpreter | undefined, label: string): ArtefactPython["trial"] {
  if (local) return { by: "machine", python: local.path };
  return {
    by: "nobody",
    why: `they are for ${label}, and no environment of this version with the project's packages is here`,
  };
}

const minorOf = ({ python }: Interpreter): string => python.split(".", 2).join(".");

const LIST = `
from importlib import metadata
for one in metadata.distributions():
    print(f"{one.metadata['Name']}=={one.version}")
`;

async function installedBy({ path: python }: Interpreter): Promise<string[]> {
  const { stdout } = await promisify(execFile)(python, ["-c", LIST]);
  return [...new Set(stdout.split("\n").filter((line) => /^[\w.-]+==\S+$/.test(line)))].toSorted();
}
