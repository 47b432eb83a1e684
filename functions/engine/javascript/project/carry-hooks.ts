/**
 * Installs the hooks where Node does not inherit them: in worker threads and in forks of this program. Must not touch other programs: they
 * may be another Node, which does not know our files.
 */
import childProcess, { type ForkOptions } from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import path from "node:path";
import workerThreads, { Worker, type WorkerOptions } from "node:worker_threads";
import { allProjects } from "./hooked-projects.ts";

/** A file of `functions/`: as source one folder up, as a bundle beside this one. */
const isSource = path.extname(import.meta.url) === ".ts";
const PRELOAD = new URL(isSource ? "../../../host/project-preload.ts" : "project-preload.mjs", import.meta.url);
/** The parameter of the preload that has the projects. */
export const PROJECTS = "projects";

let carried = false;

/** Threads and forks made from now on load the files of all hooked projects as this thread does. */
export function carryHooks(): void {
  if (carried) return;
  carried = true;
  const { fork } = childProcess;
  class HookedWorker extends Worker {
    constructor(file: string | URL, options: WorkerOptions = {}) {
      super(file, { ...options, execArgv: [...(options.execArgv ?? []), ...preload()] });
    }
  }
  const hookedFork = (file: string | URL, ...rest: unknown[]): childProcess.ChildProcess => {
    const args = Array.isArray(rest[0]) ? rest[0].map(String) : [];
    const options: ForkOptions = Object.assign({}, ...rest.filter((one) => !Array.isArray(one)));
    const isOther = options.execPath !== undefined && options.execPath !== process.execPath;
    const execArgv = [...(options.execArgv ?? process.execArgv), ...(isOther ? [] : preload())];
    return fork(file, args, { ...options, execArgv });
  };
  Object.assign(workerThreads, { Worker: HookedWorker });
  Object.assign(childProcess, { fork: hookedFork });
  syncBuiltinESMExports();
}

function preload(): string[] {
  const url = new URL(PRELOAD);
  url.searchParams.set(PROJECTS, JSON.stringify(allProjects()));
  return ["--import", url.href];
}
