/** Where a reader begins in its thread's log, from its cursor and the rows (design 3). */
import type { Ports } from "../ports.ts";
import { isFinal, type RunRow } from "../run/run-row.ts";
import type { ThreadRow } from "../thread/thread-row.ts";
import type { Cursor } from "./cursor.ts";
import { tailOf } from "./log-tail.ts";

export interface Start {
  /** Slots after this one are read. */
  after: number;
  /** Number of events of the first slot that the reader already has. */
  skip: number;
  /** There was nothing new a moment ago: wait before the first read. */
  caughtUp?: boolean;
  /** A slot that was written. If no slot is found up to it, those have expired. */
  written?: number;
}

function beginningOf({ log_tail }: ThreadRow, run: RunRow): Start {
  // A queued run has no slots yet, and will begin after the tail.
  if (run.log_start === undefined) return { after: log_tail, skip: 0 };
  return { after: run.log_start - 1, skip: 0, written: (isFinal(run) ? run.log_end : undefined) ?? run.log_start };
}

/** @returns `ended`: the run is over and the cursor is at its end */
export async function startOf(
  ports: Pick<Ports, "log" | "runs">,
  thread: ThreadRow,
  run: RunRow,
  cursor: Cursor,
): Promise<Start | "ended"> {
  const beginning = beginningOf(thread, run);
  if (cursor.kind === "start") return beginning;
  if (cursor.kind === "after") {
    if (cursor.slot <= beginning.after) return beginning;
    const known = isFinal(run) ? (run.log_end ?? 0) : await tailOf(ports.log, thread);
    if (cursor.slot <= known) return { after: cursor.slot - 1, skip: cursor.index, written: known };
  }
  if (isFinal(run)) return "ended";
  if (run.status === "pending") return beginning;
  const after = await tailOf(ports.log, thread);
  // The row is read after the tail: a run that has ended by then may have its end record before the position to wait at.
  const now = await ports.runs.get(run);
  return now && !isFinal(now) ? { after, skip: 0 } : "ended";
}
