/**
 * Tells which graphs load, in a process apart: this one must not become the project's. Our side of load-for-parent.ts. The first graph
 * starts the process, and a process that is not asked for a while ends.
 */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Engine } from "../../functions/core/engine-port.ts";
import type { Reaper } from "./start-reaper.ts";
import type { Tried } from "./load-for-parent.ts";

/** Graphs are asked for one after the other. */
export function loadApart(projectDir: string, reaper: Reaper): Pick<Engine, "load"> {
  let child: ChildProcess | undefined;
  const running = (): ChildProcess => {
    if (child?.connected) return child;
    const started = fork(fileURLToPath(new URL("load-for-parent.ts", import.meta.url)), [projectDir], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      detached: true,
    });
    if (started.pid !== undefined) reaper.watch(started.pid);
    started.once("exit", () => started.pid !== undefined && reaper.forget(started.pid));
    child = started;
    return started;
  };
  return {
    load(graph_id) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const asked = running();
      const onExit = (): void => reject(new Error("the process that tried it has ended"));
      asked.once("exit", onExit);
      asked.once("message", ({ error }: Tried) => {
        asked.off("exit", onExit);
        if (error === undefined) resolve();
        else reject(new Error(error));
      });
      asked.send(graph_id);
      return promise;
    },
  };
}
