/**
 * The port of threads in order, for searches. What it tells comes from indexes and may be a moment old. Must not decide which of them a
 * search shows.
 */
import type { ThreadStatus } from "../../protocol/thread.ts";
import type { ThreadRow } from "./thread-row.ts";

/** What a thread shows without its checkpoints. */
export type ThreadSummary = Pick<
  ThreadRow,
  | "thread_id"
  | "created_at"
  | "updated_at"
  | "state_updated_at"
  | "metadata"
  | "graph_id"
  | "config"
  | "status"
  | "head"
  | "error"
  | "interrupts"
  | "lifetime"
>;

export interface ListQuery {
  by: "created_at" | "updated_at";
  order: "asc" | "desc";
  /** Only threads whose metadata names this owner; not with `created_at`. */
  owner?: string | undefined;
  /** Leaves out threads that cannot have this status; others may come all the same. */
  status?: ThreadStatus | undefined;
  /** Threads that are probably enough: how much is read at first. */
  expected: number;
}

export interface ThreadListing {
  /** Living threads by time, then by id, in batches. Without those of stateless runs. */
  list(query: ListQuery): AsyncIterable<ThreadSummary[]>;
  /** Consistent, in no order. Unknown ids and tombstones are left out. */
  getMany(thread_ids: readonly string[]): Promise<ThreadRow[]>;
}
