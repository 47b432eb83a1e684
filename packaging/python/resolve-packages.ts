/** Chooses the versions of an artefact's packages: those of lock files, else those that are installed here, else the newest. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ConfigError } from "../config/read-config.ts";
import type { Dependencies } from "./dependencies.ts";
import { OLDEST_LANGGRAPH } from "./find-python.ts";
import { idleServers, withoutIdle } from "./idle-packages.ts";
import { isAtLeast } from "../is-at-least.ts";
import { runUv, type Uv, UvError } from "./run-uv.ts";
import type { PythonTarget } from "./target.ts";

export interface ResolvedPackages {
  /** Lines of a requirements file: wheels by name and version. */
  pinned: string[];
  /** Lines for what has to be built: folders, repositories, archives. */
  built: string[];
  /** Names of what is left out, as nothing that is served needs it. */
  idle: string[];
}

export interface ResolveOptions {
  uv: Uv;
  dependencies: Dependencies;
  target: PythonTarget;
  /** `name==version` of what is installed here: preferred where nothing else decides. */
  installed: readonly string[];
  /** Top-level names that the project's code imports. */
  imported: ReadonlySet<string>;
  /** An empty folder. */
  scratch: string;
}

/** LangGraph's own servers have it, so projects may not name it. */
const LANGGRAPH = "langgraph";

/** @throws ConfigError that names the packages which do not fit together, or have no wheel for the target */
export async function resolvePackages(options: ResolveOptions): Promise<ResolvedPackages> {
  const { uv, dependencies, target, installed, imported, scratch } = options;
  mkdirSync(scratch, { recursive: true });
  const write = (name: string, lines: readonly string[]): string => {
    const file = path.join(scratch, name);
    writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
    return file;
  };
  try {
    const exported = await Promise.all(
      dependencies.locked.map(async (dir, index) =>
        write(`locked-${index}.txt`, await exportLock(uv, dir, idleServers(imported))),
      ),
    );
    const out = write("resolved.txt", installed);
    const args = [
      ...exported,
      ...dependencies.files,
      write("named.txt", [LANGGRAPH, ...dependencies.named, ...dependencies.unlocked.map((dir) => `-e ${dir}`)]),
      ...(dependencies.chosen.length > 0 ? ["--constraints", write("chosen.txt", dependencies.chosen)] : []),
      ...onlyWheels(dependencies),
      ...target.options,
    ];
    await runUv(uv, ["pip", "compile", "--quiet", "--no-header", "--annotation-style", "line", "-o", out, ...args]);
    const { kept, idle } = withoutIdle(readFileSync(out, "utf8"), imported);
    refuseOld(kept);
    const isPinned = (line: string): boolean => /^[\w.-]+(?:\[[^\]]*\])?==/.test(line);
    return { pinned: kept.filter(isPinned), built: kept.filter((line) => !isPinned(line)), idle };
  } catch (error) {
    if (error instanceof UvError) throw new ConfigError(explain(error, target, dependencies));
    throw error;
  }
}

/** Except for what lies in folders or repositories. Where the name of such a package is not known, the installation sees to it. */
function onlyWheels({ local, built }: Dependencies): string[] {
  const names = [...local.map(({ name }) => name), ...built];
  if (names.includes(undefined)) return [];
  return ["--only-binary", ":all:", ...names.flatMap((name = "") => ["--no-binary", name])];
}

/** Paths in it are relative to the folder. */
async function exportLock(uv: Uv, dir: string, idle: readonly string[]): Promise<string[]> {
  const without = idle.flatMap((name) => ["--prune", name]);
  const options = ["--quiet", "--frozen", "--no-dev", "--no-hashes", "--no-header", "--no-annotate", ...without];
  const lines = (await runUv({ ...uv, cwd: dir }, ["export", ...options])).split("\n");
  return lines
    .filter(Boolean)
    .map((line) =>
      line.replace(/^(-e )?(\.[^\s;]*)/, (_, editable: string, at: string) => (editable ?? "") + path.resolve(dir, at)),
    );
}

/** Before anything is installed. */
function refuseOld(lines: readonly string[]): void {
  const version = lines.find((line) => line.startsWith(`${LANGGRAPH}==`))?.slice(LANGGRAPH.length + 2);
  if (version !== undefined && !isAtLeast(version, OLDEST_LANGGRAPH))
    throw new ConfigError(
      `The project's packages ask for langgraph ${version}: ${OLDEST_LANGGRAPH} or newer is needed. Raise its version where they are listed.`,
    );
}

function explain({ message }: UvError, { label }: PythonTarget, { locked }: Dependencies): string {
  const stale = /No solution found/.test(message) && locked.length > 0;
  const advice = /no (?:usable )?wheels|source distributions? is disabled/.test(message)
    ? "\nNothing is compiled for Lambda here: choose a version that has a wheel, another CPU (--cpu), or leave the package out."
    : stale
      ? `\nVersions are those of uv.lock. If it is older than pyproject.toml, renew it: ${locked.map((dir) => `cd ${dir} && uv lock`).join("; ")}`
      : "";
  return `The packages of Python cannot be resolved for ${label}: ${message}${advice}`;
}
