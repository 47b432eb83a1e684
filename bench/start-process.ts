/** Starts servers as users do: ours in a process of its own with a new data folder, which is removed at the end. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../local/free-port.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const LOOK_EVERY = 5;
const GIVE_UP = 30_000;

export interface StartedProcess {
  url: string;
  pid: number;
  /** ms from the start of the process to the first 200 on /ok. */
  took: number;
  stop(): Promise<void>;
}

/** @param command what runs `local/start.ts`, e.g. `["npm", "start", "--"]` */
export async function startProcess(command: readonly string[], config: string): Promise<StartedProcess> {
  const data = await mkdtemp(join(tmpdir(), "threadline-bench-"));
  const port = await freePort();
  const own = [...command, "--port", String(port), "--config", config, "--data", data];
  const remove = (): Promise<void> => rm(data, { recursive: true, force: true, maxRetries: 5 });
  try {
    const started = await startCommand(own, { port, cwd: ROOT, env: process.env });
    const stop = async (): Promise<void> => {
      await started.stop();
      await remove();
    };
    return { ...started, stop };
  } catch (error) {
    await remove();
    throw error;
  }
}

export interface Place {
  /** Where it will listen. */
  port: number;
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** Starts any server that answers on /ok. */
export async function startCommand([program = "", ...args]: readonly string[], place: Place): Promise<StartedProcess> {
  const { port, cwd, env } = place;
  const begun = performance.now();
  // npm does not pass signals on reliably, so its process group is signalled.
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "ignore", "inherit"], detached: true });
  const exited = once(child, "exit");
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined) await stopGroup(child.pid);
    await exited;
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    while (!(await isUp(`${url}/ok`))) {
      if (child.exitCode !== null || performance.now() - begun > GIVE_UP)
        throw new Error(`${program} ${args.join(" ")} does not answer.`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
    return { url, pid: child.pid ?? 0, took: performance.now() - begun, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for the whole group, because npm ends before its children. */
async function stopGroup(leader: number): Promise<void> {
  try {
    process.kill(-leader, "SIGTERM");
    for (let waited = 0; ; waited += LOOK_EVERY) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
      process.kill(-leader, waited < GIVE_UP ? 0 : "SIGKILL");
    }
  } catch {
    // Nobody is left.
  }
}

const isUp = (url: string): Promise<boolean> =>
  fetch(url)
    .then(({ status }) => status === 200)
    .catch(() => false);
