/**
 * DynamoDB on this machine: the dynoxide binary as a child process, in memory or in one file. It ends with its parent, however that ends.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CONNECT_TIMEOUT } from "../functions/aws/table/limits.ts";
import { freePort } from "./free-port.ts";
import { hiddenLoopback } from "./hidden-loopback.ts";
import { CommandError } from "../command-line/command-error.ts";
import { EMULATOR_POLL, EMULATOR_PORT_TRIES, LAST_WORDS } from "./timings.ts";

export interface Emulator {
  endpoint: string;
  stop(): Promise<void>;
}

/**
 * @param file where the data is kept; undefined = in memory
 * @param onLost called once if it ends before it is stopped
 * @throws CommandError if this machine has no binary or it does not start
 */
export async function startDynamodb(file?: string, onLost?: (what: string) => void): Promise<Emulator> {
  const binary = findBinary();
  // The emulator answers web pages of any origin.
  const host = await hiddenLoopback();
  for (let tries = 1; ; tries++) {
    const port = await freePort(host);
    const kept = file === undefined ? [] : ["--db-path", file];
    const child = spawnGuarded(binary, ["--host", host, "--port", String(port), ...kept]);
    const endpoint = `http://${host}:${port}`;
    const lastOutput = lastWords(child);
    if (await answers(endpoint, child)) {
      const reportExit = (): void => onLost?.(`The DynamoDB emulator has ended by itself.\n${lastOutput()}`.trimEnd());
      child.once("exit", reportExit);
      return { endpoint, stop: () => stopChild(child.off("exit", reportExit)) };
    }
    // Another program may have taken the port between the check and the start.
    if (tries === EMULATOR_PORT_TRIES)
      throw new CommandError(`The DynamoDB emulator ${binary} does not start.\n${lastOutput()}`);
  }
}

/**
 * The npm package has a binary for linux-x64 only; elsewhere one on PATH serves (`cargo install dynoxide-rs`).
 * @throws CommandError if there is none
 */
export function findBinary(): string {
  try {
    return createRequire(import.meta.url).resolve("@dynoxide/linux-x64/dynoxide");
  } catch {
    const onPath = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "dynoxide"));
    const found = onPath.find(isExecutable);
    if (found !== undefined) return found;
  }
  throw new CommandError(
    `There is no DynamoDB emulator for this platform (${process.platform}-${process.arch}). Two ways:\n` +
      "  put `dynoxide` on PATH:           cargo install dynoxide-rs --locked\n" +
      "  or use another DynamoDB endpoint: AWS_ENDPOINT_URL_DYNAMODB=http://localhost:8000 npm start",
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** In a process group of its own, so that Ctrl-C reaches this process only, which stops the emulator last. */
function spawnGuarded(program: string, args: string[]): ChildProcess {
  const guard = fileURLToPath(new URL("guard.sh", import.meta.url));
  return spawn("/bin/sh", [guard, program, ...args], { stdio: ["pipe", "ignore", "pipe"], detached: true });
}

/** What it printed last, for the error message if it does not start. */
function lastWords(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (text = (text + chunk).slice(-LAST_WORDS)));
  return () => text;
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.stdin?.end();
  await exited;
}

async function answers(endpoint: string, child: ChildProcess): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(CONNECT_TIMEOUT) }).catch(() => undefined);
    if (response !== undefined) return true;
    await new Promise((resolve) => setTimeout(resolve, EMULATOR_POLL));
  }
  return false;
}
