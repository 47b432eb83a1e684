/** Where a thread's log ends. */
import type { Ports } from "../ports.ts";
import type { ThreadRow } from "../thread/thread-row.ts";
import { untilClear } from "../failure/retry.ts";
import type { ThreadLog } from "./log-port.ts";

/** Slots expire, so the tail is the greater of the row and the last slot found (model rule tailIsMaxOfRowAndLog). */
export const tailOf = async (
  log: Pick<ThreadLog, "tail">,
  { thread_id, log_tail }: Pick<ThreadRow, "thread_id" | "log_tail">,
): Promise<number> => Math.max(log_tail, await log.tail(thread_id));

/** The same for a caller without a recent row: reads the log first, then the row. */
export async function logTail(ports: Pick<Ports, "clock" | "log" | "threads">, thread_id: string): Promise<number> {
  const last = await untilClear(ports.clock, () => ports.log.tail(thread_id));
  const thread = await untilClear(ports.clock, () => ports.threads.get(thread_id));
  return Math.max(last, thread?.log_tail ?? 0);
}
