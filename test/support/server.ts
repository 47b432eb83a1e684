/**
 * A server for HTTP tests: `npm start` in a process, with a port and data folder of its own; TEST_HOST=isolated isolates invocations, too.
 * With TEST_FUNCTION_URL (and TEST_FUNCTION_KEY) a deployed server of test/fixtures/golden is asked instead, where its URL is enough.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:https";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve as absolute } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../local/free-port.ts";
import { startKeyRelay } from "./key-relay.ts";

export interface TestServerOptions {
  /** Path of a langgraph.json; default: the example project. */
  config?: string;
  /** Kept at the end; default: a new folder that goes with the server. */
  data?: string;
  port?: number;
  /** Flags beside those of the other options. */
  flags?: string[];
  /** Settings and endpoints beside the test's own environment. */
  env?: Record<string, string>;
  /** Each invocation in a process of its own; default: as TEST_HOST=isolated says. */
  isolated?: boolean;
  /** Serve what is saved while it runs; goes without `isolated`. */
  watch?: boolean;
  /** HTTP/2 over TLS; goes without `isolated`. */
  https?: boolean;
}

export interface TestServer {
  /** Without a slash at the end. */
  url: string;
  port: number;
  /** Undefined for a deployed server. */
  pid: number | undefined;
  /** Everything that it printed. */
  output(): string;
  /** As Ctrl-C does; resolves when the process has gone. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when the process has gone. */
  kill(): Promise<void>;
}

/** The servers of this test run are behind a Function URL, which answers some things itself and tells of no disconnect. */
export const behindUrl = process.env["TEST_HOST"] === "isolated" || process.env["TEST_FUNCTION_URL"] !== undefined;

export const GOLDEN = fileURLToPath(new URL("../fixtures/golden/langgraph.json", import.meta.url));
const START = fileURLToPath(new URL("../../local/start.ts", import.meta.url));
const EXAMPLE = fileURLToPath(new URL("../../langgraph.json", import.meta.url));
const POLL_MS = 10;

/** Resolves when `/ok` answers; rejects with what the process printed if it ends before. */
export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const deployed = process.env["TEST_FUNCTION_URL"];
  const isDeployed = options.config !== undefined && absolute(options.config) === GOLDEN && options.data === undefined;
  if (deployed !== undefined && isDeployed) return deployedServer(deployed, process.env["TEST_FUNCTION_KEY"]);

  const data = options.data ?? mkdtempSync(join(tmpdir(), "threadline-test-"));
  // A number, not 0, so that it can be started again on the same.
  const port = options.port ?? (await freePort());
  const args = ["--config", options.config ?? EXAMPLE, "--port", String(port), "--data", data];
  args.push(...(options.flags ?? []));
  if (options.https) args.push("--https");
  if (options.watch) args.push("--watch");
  else if (options.isolated ?? (process.env["TEST_HOST"] === "isolated" && !options.https)) args.push("--isolated");
  const child = spawn(process.execPath, [START, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...tableElsewhere(data), ...options.env },
  });
  // A test that times out never comes to its stop.
  const orphaned = (): void => void child.kill("SIGKILL");
  process.once("exit", orphaned);
  child.once("exit", () => process.off("exit", orphaned));
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  const url = `${options.https ? "https" : "http"}://127.0.0.1:${port}`;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    await endChild(child, signal);
    if (options.data === undefined) rmSync(data, { recursive: true, force: true });
  };

  while (!(await isUp(url))) {
    if (child.exitCode !== null || child.signalCode !== null) {
      await end("SIGKILL");
      throw new Error(`The server did not start (exit code ${child.exitCode}).\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return { url, port, pid: child.pid, output: () => output, stop: () => end("SIGINT"), kill: () => end("SIGKILL") };
}

/** With TEST_DYNAMODB_ENDPOINT: a table there for each data folder. */
function tableElsewhere(data: string): Record<string, string> {
  const endpoint = process.env["TEST_DYNAMODB_ENDPOINT"];
  if (endpoint === undefined) return {};
  return {
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    THREADLINE_TABLE_NAME: `test-${data.replaceAll(/[^a-zA-Z0-9.-]/g, "-").slice(-200)}`,
  };
}

async function deployedServer(address: string, key: string | undefined): Promise<TestServer> {
  const target = address.replace(/\/$/, "");
  const relay = key === undefined ? { url: target, close: nothing } : await startKeyRelay(target, key);
  const stop = (): Promise<void> => relay.close();
  return { url: relay.url, port: 443, pid: undefined, output: () => "", stop, kill: stop };
}

const nothing = (): Promise<void> => Promise.resolve();

const isUp = (url: string): Promise<boolean> =>
  url.startsWith("https:")
    ? isUpSecurely(url)
    : fetch(`${url}/ok`).then(
        (response) => response.ok,
        () => false,
      );

/** Its certificate may not be there yet. */
const isUpSecurely = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    get(`${url}/ok`, { rejectUnauthorized: false }, (answer) => resolve(answer.resume().statusCode === 200)).on(
      "error",
      () => resolve(false),
    );
  });

async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}
