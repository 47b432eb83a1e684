/**
 * Asks another process (load-for-parent.ts) which graphs load, so that the project's code stays out of this one. The first question starts
 * that process. It ends after a while without questions.
 */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Env } from "../../functions/aws/env.ts";
import type { GraphTrier } from "../../functions/core/run/execute/engine-port.ts";
import type { Json } from "../../functions/protocol/json.ts";
import type { Question, Tried } from "./load-for-parent.ts";
import type { Reaper } from "./start-reaper.ts";

/** One question at a time. */
export function loadApart({ projectDir, python }: Pick<Env, "projectDir" | "python">, reaper: Reaper): GraphTrier {
  let child: ChildProcess | undefined;
  const running = (): ChildProcess => {
    if (child?.connected) return child;
    const args = [projectDir, ...(python === undefined ? [] : [python])];
    const started = fork(fileURLToPath(new URL("load-for-parent.ts", import.meta.url)), args, {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      detached: true,
    });
    if (started.pid !== undefined) reaper.watch(started.pid);
    started.once("exit", () => started.pid !== undefined && reaper.forget(started.pid));
    child = started;
    return started;
  };
  const ask = (question: Question): Promise<Json> => {
    const { promise, resolve, reject } = Promise.withResolvers<Json>();
    const asked = running();
    const onExit = (): void => reject(new Error("the process that tried it has ended"));
    asked.once("exit", onExit);
    asked.once("message", (tried: Tried) => {
      asked.off("exit", onExit);
      if ("error" in tried) reject(new Error(tried.error));
      else resolve(tried.value);
    });
    asked.send(question);
    return promise;
  };
  return {
    load: async (graph_id) => void (await ask({ verb: "load", graph_id })),
    sampleInput: (graph_id) => ask({ verb: "sampleInput", graph_id }),
  };
}
