/** Where a thread's stream ends now. */
import { tailOf } from "../log/log-tail.ts";
import type { Ports } from "../ports.ts";
import { findThread } from "../thread/threads.ts";
import { seqOf } from "./sequence.ts";

/** Of the events that the thread has now; 0 if there is no such thread. */
export async function lastSeq(ports: Pick<Ports, "log" | "threads">, thread_id: string): Promise<number> {
  const thread = await findThread(ports, thread_id);
  return thread ? seqOf((await tailOf(ports.log, thread)) + 1, 0) - 1 : 0;
}
