/** Finds the interpreter that has a project's packages. Must not install anything. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { isAtLeast } from "../is-at-least.ts";

export interface Interpreter {
  /** Absolute, or a name on PATH. */
  path: string;
  /** Versions. */
  python: string;
  langgraph: string;
}

export interface FindPython {
  /** Folder of langgraph.json. */
  dir: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Named by the user: no other one counts. */
  asked: string | undefined;
}

/** Below, interrupts fail in asynchronous nodes. */
export const OLDEST_PYTHON = "3.11";
export const OLDEST_LANGGRAPH = "0.2.74";
/** Reads what is installed without importing it. */
const ASK = `
import json, platform
from importlib import metadata
def version(name):
    try: return metadata.version(name)
    except metadata.PackageNotFoundError: return None
print(json.dumps({"python": platform.python_version(), "langgraph": version("langgraph")}))
`;

/** @returns the first that could run the project, or what is wrong and the command that helps */
export async function findPython({ dir, env, asked }: FindPython): Promise<Interpreter | { missing: string }> {
  const problems: string[] = [];
  for (const path of asked === undefined ? candidates(dir, env) : [asked]) {
    const found = await ask(path);
    const problem = found === undefined ? "does not start" : problemOf(found);
    if (found && problem === undefined) return { path, ...found, langgraph: found.langgraph ?? "" };
    problems.push(`  ${path} ${problem}`);
  }
  const tried = problems.length > 0 ? `\n${problems.join("\n")}` : " There is no python3.";
  return { missing: `No Python of the project was found.${tried}\n  ${advice(dir)}` };
}

interface Installed {
  python: string;
  langgraph: string | null;
}

/** Activated environments first, then those beside the config and above it, as far as the repository goes. */
function candidates(dir: string, { VIRTUAL_ENV, CONDA_PREFIX }: FindPython["env"]): string[] {
  const beside = foldersOfRepository(dir).flatMap((folder) => [join(folder, ".venv"), join(folder, "venv")]);
  const interpreters = [VIRTUAL_ENV, ...beside, CONDA_PREFIX].flatMap((one) => (one ? join(one, "bin", "python") : []));
  return [...interpreters.filter((one) => existsSync(one)), "python3"];
}

/** The folder and those above it, up to the one that has `.git`. */
function foldersOfRepository(dir: string): string[] {
  const above = dirname(dir);
  return above === dir || existsSync(join(dir, ".git")) ? [dir] : [dir, ...foldersOfRepository(above)];
}

async function ask(path: string): Promise<Installed | undefined> {
  try {
    const { stdout } = await promisify(execFile)(path, ["-c", ASK]);
    return JSON.parse(stdout) as Installed;
  } catch {
    return undefined;
  }
}

function problemOf({ python, langgraph }: Installed): string | undefined {
  if (!isAtLeast(python, OLDEST_PYTHON)) return `is Python ${python}: ${OLDEST_PYTHON} or newer is needed`;
  if (langgraph === null) return `(${python}) has no langgraph`;
  return isAtLeast(langgraph, OLDEST_LANGGRAPH)
    ? undefined
    : `has langgraph ${langgraph}: ${OLDEST_LANGGRAPH} or newer is needed`;
}

function advice(dir: string): string {
  const has = (name: string): boolean => existsSync(join(dir, name));
  const venv = `cd ${dir} && python3 -m venv .venv && .venv/bin/pip install`;
  if (has("uv.lock")) return `Install the project's packages: cd ${dir} && uv sync`;
  if (has("pyproject.toml")) return `Install the project's packages: ${venv} -e .`;
  if (has("requirements.txt")) return `Install the project's packages: ${venv} -r requirements.txt`;
  return `Install its packages: ${venv} langgraph`;
}
