/** What becomes of a new run on a thread: a pure function over the thread's active run and queue (design 5.1). */
import type { MultitaskStrategy } from "../protocol/run.ts";
import type { ThreadRow } from "./rows.ts";
import { QUEUE_LIMIT } from "./timings.ts";

export type Admission = "activate" | "enqueue" | "busy" | "queue_full";

export function admit(thread: Pick<ThreadRow, "active_run" | "queue">, strategy: MultitaskStrategy): Admission {
  if (thread.active_run === null) return "activate";
  if (strategy === "reject") return "busy";
  return thread.queue.length < QUEUE_LIMIT ? "enqueue" : "queue_full";
}
