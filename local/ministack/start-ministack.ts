/**
 * Starts MiniStack on loopback, with roles enforced, and runs the CDK CLI against it. Home, region and keys are its own, not those of the
 * user.
 */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { systemClock as clock } from "../../functions/host/clock-and-ids.ts";
import { MINISTACK_POLL, MINISTACK_READY } from "../timings.ts";
import { execute } from "./python.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
export const REQUIREMENTS = here("requirements.txt");
export const REGION = "eu-west-1";
/** An access key of twelve digits is that account's root. */
export const ACCOUNT = "000000000000";
export const CREDENTIALS = { accessKeyId: ACCOUNT, secretAccessKey: "test" };

export interface MiniStackOptions {
  /** Folder of its program. */
  bin: string;
  /** Takes state and log. */
  folder: string;
  port: number;
  /** The endpoint for functions, if not MiniStack itself. */
  functionsAsk?: string;
}

export interface MiniStack {
  /** For whoever deploys. */
  endpoint: string;
  /** Id of its process group, to which the processes of its functions belong. */
  pid: number;
}

export const endpointAt = (port: number): string => `http://127.0.0.1:${port}`;
export const logOf = (folder: string): string => join(folder, "ministack.log");

/** Variables of its processes and of the CDK. Functions run on this Node, because one on PATH may be too old. */
function surroundings(folder: string): Record<string, string> {
  const home = join(folder, "home");
  mkdirSync(home, { recursive: true });
  // MiniStack unpacks functions there, and its own programs are CommonJS whatever a package.json above says.
  writeFileSync(join(home, "package.json"), "{}\n");
  return {
    PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
    HOME: home,
    TMPDIR: home,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  };
}

/** Starts it so that it outlives this process; `endMiniStack` ends it. Resolves when it answers. */
export async function startMiniStack({ bin, folder, port, functionsAsk }: MiniStackOptions): Promise<MiniStack> {
  const endpoint = endpointAt(port);
  const env = {
    ...surroundings(folder),
    GATEWAY_PORT: String(port),
    BIND_HOST: "127.0.0.1",
    MINISTACK_HOST: "127.0.0.1",
    MINISTACK_REGION: REGION,
    STATE_DIR: join(folder, "state"),
    AUTH: "true",
    AWS_ENDPOINT_URL: functionsAsk ?? endpoint,
    NODE_OPTIONS: `--require=${here("awslambda.cjs")}`,
  };
  const log = openSync(logOf(folder), "a");
  const child = spawn(join(bin, "ministack"), { stdio: ["ignore", log, log], detached: true, env });
  closeSync(log);
  child.unref();
  const since = clock.monotonic();
  for (; !(await isUp(endpoint)); await pause(MINISTACK_POLL)) {
    const complaint =
      child.exitCode === null
        ? clock.monotonic() - since > MINISTACK_READY && "does not answer"
        : `ended with ${child.exitCode}`;
    if (complaint === false) continue;
    if (child.pid !== undefined) endMiniStack(child.pid);
    throw new Error(`MiniStack ${complaint}.\n${readFileSync(logOf(folder), "utf8").slice(-2_000)}`);
  }
  if (child.pid === undefined) throw new Error("MiniStack has no process.");
  return { endpoint, pid: child.pid };
}

export const isUp = (endpoint: string): Promise<boolean> =>
  fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );

export function endMiniStack(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** Variables that say which Python a project has, and where its packages come from. */
const OF_PYTHON = /^(?:UV_\w+|THREADLINE_PYTHON|VIRTUAL_ENV|CONDA_PREFIX|SSL_CERT_FILE)$/;

/** Runs the CDK CLI there. Rejects with what it printed. */
export async function cdk(endpoint: string, folder: string, ...args: string[]): Promise<void> {
  const program = here("../../node_modules/aws-cdk/bin/cdk");
  const python = Object.entries(process.env).filter(([name]) => OF_PYTHON.test(name));
  const env = {
    ...Object.fromEntries(python),
    ...surroundings(folder),
    AWS_ENDPOINT_URL: endpoint,
    CDK_DISABLE_CLI_TELEMETRY: "true",
    CI: "true",
  };
  await execute(process.execPath, [program, ...args, "--no-notices", "--no-version-reporting"], {
    env,
    cwd: folder,
    maxBuffer: 1e8,
  });
}

export const bootstrap = (endpoint: string, folder: string): Promise<void> =>
  cdk(endpoint, folder, "bootstrap", `aws://${ACCOUNT}/${REGION}`);
