/** Our server with graphs of Python, for the scenarios that need one. */
import manifest from "../../package.json" with { type: "json" };
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startProcess } from "../start-process.ts";
import { installInterpreter } from "./interpreter.ts";

const CONFIG = fileURLToPath(new URL("project/both-languages.json", import.meta.url));

export interface PythonServer {
  url: string;
  pid: number;
  /** Folder of the programs of the environment that runs the graphs. */
  bin: string;
  interpreter: string;
  stop(): Promise<void>;
}

/** Rejects with Skipped where this machine has no Python, or does not reach the package index. */
export async function startPythonServer(): Promise<PythonServer> {
  const bin = await installInterpreter();
  const interpreter = join(bin, "python");
  const start = manifest.scripts.start.split(" ").slice(2);
  const server = await startProcess([process.execPath, ...start, "--python", interpreter], CONFIG);
  return { ...server, bin, interpreter };
}
