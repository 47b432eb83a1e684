/**
 * Loads every graph once from a copy of the artefact, in a process whose working directory, environment and disk are as on Lambda. A
 * failure is reported and does not stop the build: a variable may be missing only here.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Artefact } from "../build-artefact.ts";
import { bundleEntry } from "../bundle-functions.ts";
import { copyPackages } from "../closure/copy-packages.ts";
import { LAST_WORDS_IN_LINE } from "../limits.ts";
import { layTree } from "../python/lay-tree.ts";
import { placePythonChild } from "../python/place-child.ts";
import { isRecord } from "../source-files.ts";
import type { ProjectConfig } from "../config/read-config.ts";
import { listed } from "./sizes.ts";
import type { EnvName } from "./scan-project.ts";

export interface TriedGraph {
  graph_id: string;
  /** ms of the import; the first one includes what all graphs share. */
  ms: number;
  /** Why it does not load. */
  error?: string;
  /** A sample input, made of its channels; undefined if they are not known. */
  input?: unknown;
  /** Its drawing and schemas (`GraphShape`). */
  shape?: unknown;
  /** What its topology consists of. */
  topology?: string[];
}

/** Why graphs cannot be loaded here; undefined if they can. Natives of Linux load on Linux: of another CPU, this machine's stand in. */
export function whyUntried({ cpu, natives, python }: Pick<Artefact, "cpu" | "natives" | "python">): string | undefined {
  if (python?.trial.by === "nobody") return python.trial.why;
  return natives.length === 0 || process.platform === "linux"
    ? undefined
    : `${listed(natives.map(({ key }) => key))} for linux ${cpu}, and this machine is ${process.platform}`;
}

/** The shell's values of variables that the code reads override the config's, as everywhere. */
export function trialEnv(names: readonly EnvName[], { env }: ProjectConfig): Record<string, string> {
  const shell = names.flatMap(({ name }) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...env.values, ...Object.fromEntries(shell) };
}

/** @param env what the project's env file gives */
export async function tryGraphs(artefact: Artefact, env: Readonly<Record<string, string>>): Promise<TriedGraph[]> {
  const scratch = scratchFolder();
  try {
    const program = path.join(scratch, "try-graphs.mjs");
    if (artefact.python) placePythonChild(scratch);
    await Promise.all([
      bundleEntry("host/try-graphs", program),
      bundleEntry("host/project-preload", path.join(scratch, "project-preload.mjs")),
    ]);
    const folder = path.join(scratch, "task");
    layTree(artefact.folder, folder);
    copyPackages(artefact.standIns, path.join(folder, "project"));
    const trial = artefact.python?.trial;
    const python = trial?.by === "machine" ? trial.python : "";
    const tried: TriedGraph[] = [];
    // A graph that ends the process is the last one tried in it: the rest get a new process.
    for (let left = artefact.graphs; left.length > 0; left = artefact.graphs.slice(tried.length)) {
      tried.push(
        ...(await tryIn([program, path.join(folder, "project"), python, ...left], { folder, ids: left, env })),
      );
    }
    return tried;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Where the artefact is tried: with the project above it, Node would find what is not in the artefact. Not in /tmp, which can be written
 * to on Lambda, unless there is nothing else.
 */
function scratchFolder(): string {
  try {
    return mkdtempSync(path.join("/var/tmp", "threadline-try-"));
  } catch {
    return mkdtempSync(path.join(tmpdir(), "threadline-try-"));
  }
}

/**
 * Tries graphs in order until the process ends; the last of the result is the one that ended it.
 * @param command the program with its arguments
 */
async function tryIn(
  command: readonly string[],
  { folder, ids, env }: { folder: string; ids: readonly string[]; env: Readonly<Record<string, string>> },
): Promise<TriedGraph[]> {
  const child = spawn(process.execPath, [...PERMISSIONS, ...command], {
    cwd: folder,
    env: { ...env, ...lambdaEnv(folder) },
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  let words = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (words = (words + text).slice(-LAST_WORDS_IN_LINE)));
  const exited = once(child, "close");
  const tried: TriedGraph[] = [];
  for await (const line of createInterface({ input: child.stdio[3] as Readable })) tried.push(parseTried(line));
  await exited;
  const next = ids[tried.length];
  if (next !== undefined) {
    const how = child.signalCode ?? `code ${child.exitCode}`;
    tried.push({
      graph_id: next,
      ms: 0,
      error: `It ended the process (${how}) when it was loaded. ${words.trim()}`.trim(),
    });
  }
  return tried;
}

/** The disk is Lambda's: read everywhere, write below /tmp. All else is allowed. */
const PERMISSIONS = [
  "--disable-warning=SecurityWarning",
  "--permission",
  "--allow-fs-read=*",
  "--allow-fs-write=/tmp",
  "--allow-child-process",
  "--allow-worker",
  "--allow-addons",
  "--allow-wasi",
];

/** The variables set by Lambda that code looks at. */
function lambdaEnv(folder: string): Record<string, string> {
  return {
    AWS_LAMBDA_FUNCTION_NAME: "threadline-worker",
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_REGION: "us-east-1",
    LAMBDA_TASK_ROOT: folder,
    LANG: "en_US.UTF-8",
    PATH: "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
    TZ: ":UTC",
  };
}

function parseTried(line: string): TriedGraph {
  const value: unknown = JSON.parse(line);
  if (!isRecord(value)) throw new Error(`Not an answer: ${line}`);
  const { graph_id, ms, error, input, shape, topology } = value;
  const tried = { graph_id: String(graph_id), ms: Number(ms) };
  if (typeof error === "string") return { ...tried, error };
  return {
    ...tried,
    ...(input !== undefined && { input }),
    ...(shape !== undefined && { shape }),
    ...(Array.isArray(topology) && { topology: topology.map(String) }),
  };
}
