/** The port of thread rows. Expected races are return values. */
import type { ThreadRow } from "./thread-row.ts";

/** The thread row to write, on condition that the row that was read is still the newest. */
export interface ThreadWrite {
  row: ThreadRow;
  /** Revision that was read; undefined = there was no row. */
  seen: number | undefined;
}

export interface Threads {
  /** Consistent. Tombstones included: callers look at `deleted`. */
  get(thread_id: string): Promise<ThreadRow | undefined>;
  /** @param nonce of this put alone: the row that is there may be its own, of a try whose answer was lost */
  put(write: ThreadWrite, nonce: string): Promise<"put" | "conflict">;
}
