/** Starts the reaper (reaper.ts) and names process groups to it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface Reaper {
  /** The group of this process is killed when we end. */
  watch(pid: number): void;
  forget(pid: number): void;
  /** Kills every group that is watched; resolves when that is done. */
  stop(): Promise<void>;
}

export function startReaper(): Reaper {
  const script = fileURLToPath(new URL("reaper.ts", import.meta.url));
  // In a process group of its own: Ctrl-C must not reach it.
  const child = spawn(process.execPath, [script], { stdio: ["pipe", "ignore", "inherit"], detached: true });
  const exited = once(child, "exit");
  child.stdin.on("error", () => undefined);
  return {
    watch: (pid) => void child.stdin.write(`+${pid}\n`),
    forget: (pid) => void child.stdin.write(`-${pid}\n`),
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
}
