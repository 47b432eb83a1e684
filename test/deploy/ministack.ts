/**
 * MiniStack on loopback with roles enforced, and the CDK CLI against it. Must not touch credentials or settings of whoever runs it: home,
 * region and keys are its own.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../../local/free-port.ts";
import { execute } from "./python.ts";
import { type RecordingProxy, startProxy } from "./recording-proxy.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const READY_WITHIN = 60_000;
export const REGION = "eu-west-1";
/** An access key of twelve digits is that account's root. */
export const ACCOUNT = "000000000000";
const CREDENTIALS = { AWS_ACCESS_KEY_ID: ACCOUNT, AWS_SECRET_ACCESS_KEY: "test" };

export interface MiniStack {
  /** For whoever deploys. */
  endpoint: string;
  /** What the functions ask goes through it. */
  proxy: RecordingProxy;
  cdk(...args: string[]): Promise<void>;
  /** Resolves once a line that it or a function has printed matches. */
  until(pattern: RegExp): Promise<void>;
  stop(): Promise<void>;
}

/** @param bin folder of its program; @param folder takes state and log */
export async function startMiniStack(bin: string, folder: string): Promise<MiniStack> {
  const port = await freePort();
  const proxy = await startProxy({ port });
  const endpoint = `http://127.0.0.1:${port}`;
  const home = join(folder, "home");
  mkdirSync(home, { recursive: true });
  const common = {
    PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
    HOME: home,
    TMPDIR: home,
    AWS_REGION: REGION,
    ...CREDENTIALS,
  };
  const child = spawn(join(bin, "ministack"), {
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own: what it starts for functions ends with it.
    detached: true,
    env: {
      ...common,
      GATEWAY_PORT: String(port),
      BIND_HOST: "127.0.0.1",
      MINISTACK_HOST: "127.0.0.1",
      MINISTACK_REGION: REGION,
      STATE_DIR: join(folder, "state"),
      AUTH: "true",
      AWS_ENDPOINT_URL: proxy.url,
      NODE_OPTIONS: `--require=${here("awslambda.cjs")}`,
    },
  });
  const log = createWriteStream(join(folder, "ministack.log"));
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.pipe(log, { end: false });
    stream.setEncoding("utf8").on("data", (text: string) => (printed += text));
  }
  const kill = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
  };
  process.once("exit", kill);
  await untilReady(endpoint, child);
  const cdk = async (...args: string[]): Promise<void> => {
    const program = here("../../node_modules/aws-cdk/bin/cdk");
    const env = { ...common, AWS_ENDPOINT_URL: endpoint, CDK_DISABLE_CLI_TELEMETRY: "true", CI: "true" };
    await execute(process.execPath, [program, ...args, "--no-notices", "--no-version-reporting"], {
      env,
      cwd: folder,
      maxBuffer: 1e8,
    });
  };
  return {
    endpoint,
    proxy,
    cdk,
    async until(pattern) {
      for (const began = performance.now(); !pattern.test(printed); await pause(100))
        if (performance.now() - began > READY_WITHIN) throw new Error(`nothing has printed ${pattern.source}`);
    },
    async stop() {
      proxy.stop();
      process.off("exit", kill);
      if (child.exitCode !== null) return;
      const exited = once(child, "exit");
      kill();
      await exited;
    },
  };
}

async function untilReady(endpoint: string, child: ChildProcess): Promise<void> {
  const began = performance.now();
  while (!(await isUp(endpoint))) {
    if (child.exitCode !== null) throw new Error(`MiniStack ended with ${child.exitCode}`);
    if (performance.now() - began > READY_WITHIN) throw new Error("MiniStack does not answer");
    await pause(50);
  }
}

const isUp = (endpoint: string): Promise<boolean> =>
  fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(2_000) }).then(
    () => true,
    () => false,
  );
