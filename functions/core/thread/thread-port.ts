/** The port of thread rows. Expected races are return values. */
import type { ThreadListing } from "./thread-listing.ts";
import type { ThreadRow } from "./thread-row.ts";

/** The thread row to write, on condition of the revision that was read. */
export interface ThreadWrite {
  row: ThreadRow;
  /** Revision that was read; undefined = there was no row. */
  seen: number | undefined;
}

export interface Threads extends ThreadListing {
  /** Consistent. Tombstones included: callers look at `deleted`. */
  get(thread_id: string): Promise<ThreadRow | undefined>;
  /** @param nonce of this put alone, so that a put whose answer was lost is recognised */
  put(write: ThreadWrite, nonce: string): Promise<"put" | "conflict">;
}
