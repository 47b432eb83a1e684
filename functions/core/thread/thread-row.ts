/** The row of a thread. Field names are those of the table (design 2); fields of the API resource have the API's names. */
import type { JsonObject } from "../../protocol/json.ts";
import type { ErrorDetail, Interrupt, ThreadStatus } from "../../protocol/thread.ts";

/** The newest root checkpoint, and which of its channels are the thread's `values`: one channel's value, or an object of several. */
export interface HeadRef {
  checkpoint_id: string;
  /** Absent if the run was not ended by its worker: only the graph knows them. */
  channels?: string | string[];
}

export type Interrupts = Record<string, Interrupt[]>;

/** The `ttl` of a thread, and when it ends; null after it has ended and left the latest checkpoint, until the next activity. */
export interface Lifetime {
  strategy: "delete" | "keep_latest";
  ttl_minutes: number;
  expires_at: string | null;
}

export interface ThreadRow {
  thread_id: string;
  created_at: string;
  updated_at: string;
  state_updated_at: string;
  metadata: JsonObject;
  /** Graph of the newest run. Kept beside the metadata, which callers may overwrite. */
  graph_id?: string;
  config: JsonObject;
  status: ThreadStatus;
  /** The one run that may write to the log. */
  active_run: string | null;
  /** Waiting runs in the order of their transactions. */
  queue: string[];
  /** Revision: goes up with every write of the row, also over a deletion. All writes are conditional on the revision that was read. */
  rev: number;
  /** Generation: goes up when a deleted id is used again. */
  gen: number;
  lifetime?: Lifetime;
  /**
   * Searches find it by its active run, so no index lists it. Absent if an earlier version began the run, or if the owner has changed
   * since.
   */
  listed_by_run?: true;
  /** Not stored: its lifetime is over, so it is read as deleted. Whoever uses its id again deletes it first. */
  expired?: true;
  /** A tombstone: 404, but its log goes on where it ended. */
  deleted: boolean;
  /** Thread of a stateless run: in no index, a tombstone once the run has ended. */
  temporary: boolean;
  /** Last slot known to this row. The true tail is the greater of this and the last slot found. */
  log_tail: number;
  head?: HeadRef;
  error?: ErrorDetail | null;
  interrupts?: Interrupts;
}

/** The graph of the newest run, else the one that the thread's metadata names. */
export function graphOf({ graph_id, metadata }: Pick<ThreadRow, "graph_id" | "metadata">): string | undefined {
  const named = metadata["graph_id"];
  return graph_id ?? (typeof named === "string" ? named : undefined);
}
