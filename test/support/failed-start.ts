/** A start of `npm start` that must fail: what it prints, and its exit code. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const START = fileURLToPath(new URL("../../local/start.ts", import.meta.url));

export interface FailedStart {
  code: number | null;
  out: string;
  error: string;
}

export const start = (...args: string[]): Promise<FailedStart> => startWith({}, ...args);

/** @param settings variables beside the test's own environment */
export async function startWith(settings: Record<string, string>, ...args: string[]): Promise<FailedStart> {
  const child = spawn(process.execPath, [START, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...settings },
  });
  const said = { out: "", error: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (said.out += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (said.error += chunk));
  await once(child, "close");
  return { code: child.exitCode, ...said };
}
