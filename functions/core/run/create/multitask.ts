/** Multitask strategies: what happens to a new run, by the thread's active run and queue (design 4.1). */
import { isJsonObject } from "../../../protocol/json.ts";
import type { MultitaskStrategy, RunCreate } from "../../../protocol/run.ts";
import type { ThreadRow } from "../../thread/thread-row.ts";
import type { CancelIntent } from "../run-row.ts";
import { QUEUE_LIMIT } from "../timings.ts";

export type Admission =
  | { kind: "activate" }
  | { kind: "enqueue" }
  /** The new run replaces all others: the active one is cancelled, the waiting ones end. */
  | { kind: "supersede"; intent: CancelIntent }
  | { kind: "busy" }
  | { kind: "queue_full" };

export function admit(thread: Pick<ThreadRow, "active_run" | "queue">, strategy: MultitaskStrategy): Admission {
  if (thread.active_run === null) return { kind: "activate" };
  switch (strategy) {
    case "reject":
      return { kind: "busy" };
    case "interrupt":
    case "rollback":
      return { kind: "supersede", intent: strategy };
    case "enqueue":
      return { kind: thread.queue.length < QUEUE_LIMIT ? "enqueue" : "queue_full" };
  }
}

/** Whether the request comes from a node of this run: RemoteGraph passes on the config of the node that calls it. */
export function comesFromWithin({ config }: Pick<RunCreate, "config">, run_id: string | null): boolean {
  const { configurable, metadata } = config ?? {};
  const within = isJsonObject(metadata) && metadata["langgraph_node"] !== undefined;
  return within && isJsonObject(configurable) && configurable["run_id"] === run_id;
}
