/** How long `npm start` takes until /ok answers, with a fresh data folder. Must leave neither processes nor files behind. */
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

/** @returns ms */
export async function measureStart(config: string): Promise<number> {
  const data = await mkdtemp(join(tmpdir(), "threadline-bench-"));
  const port = await freePort();
  const begun = performance.now();
  const args = ["start", "--", "--port", String(port), "--config", config, "--data", data];
  // npm does not pass signals on reliably; its process group does.
  const child = spawn("npm", args, { cwd: ROOT, stdio: "ignore", detached: true });
  const exited = once(child, "exit");
  try {
    while (!(await isUp(`http://127.0.0.1:${port}/ok`))) {
      if (child.exitCode !== null || performance.now() - begun > GIVE_UP) throw new Error("npm start does not answer.");
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
    return performance.now() - begun;
  } finally {
    if (child.pid !== undefined) await stopGroup(child.pid);
    await exited;
    await rm(data, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** npm ends before what it has started. */
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
