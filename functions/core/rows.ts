/**
 * What is kept about threads, runs and their log, as the use cases see it. Field names are those of the table (design 3) and, where a
 * field is part of a resource, those of the API. Must not know DynamoDB: no keys, no indexes, no expressions.
 */
import type { JsonObject } from "../protocol/json.ts";
import type { MultitaskStrategy, StreamMode } from "../protocol/run.ts";
import type { ErrorDetail, Interrupt, ThreadStatus } from "../protocol/thread.ts";
import { CLOCK_SKEW, LEASE } from "./timings.ts";

/** How a run can end. `rolled_back` and `deleted` are tombstones: every reader takes them for 404. */
export type FinalStatus = "success" | "error" | "interrupted" | "rolled_back" | "deleted";
export type CancelIntent = "interrupt" | "rollback" | "delete";

/**
 * How a claimant opens the log. `first`: attempt 1 goes on after the first slot; `epoch`: with the metadata of a later attempt; `fence`:
 * with a hidden record, after a hand-over; `none`: it only ends the run.
 */
export type Opening = "first" | "epoch" | "fence" | "none";

/** The newest root checkpoint, and which of its channels are the thread's `values`: one channel's value, or an object of several. */
export interface HeadRef {
  checkpoint_id: string;
  /** Absent if only the graph knows, because its worker did not end the run. */
  channels?: string | string[];
}

export type Interrupts = Record<string, Interrupt[]>;

export interface ThreadRow {
  thread_id: string;
  created_at: string;
  updated_at: string;
  state_updated_at: string;
  metadata: JsonObject;
  /** Graph of the newest run. Beside the metadata, which callers may overwrite. */
  graph_id?: string;
  config: JsonObject;
  status: ThreadStatus;
  /** The one run that may write to the log. */
  active_run: string | null;
  /** Waiting runs in the order of their transactions. */
  queue: string[];
  /** Goes up with every write of the row, also over a deletion: all writes are conditional on the revision that was read. */
  rev: number;
  /** Generation: goes up when a deleted id is used again. */
  gen: number;
  /** A tombstone: 404, but its log goes on where it ended. */
  deleted: boolean;
  /** Thread of a stateless run: in no index, a tombstone once the run has ended. */
  temporary: boolean;
  /** Last slot known to this row; the true tail is the greater of this and the last slot found. */
  log_tail: number;
  head?: HeadRef;
  error?: ErrorDetail | null;
  interrupts?: Interrupts;
}

interface RunFacts {
  run_id: string;
  thread_id: string;
  assistant_id: string;
  graph_id: string;
  created_at: string;
  updated_at: string;
  metadata: JsonObject;
  multitask_strategy: MultitaskStrategy;
  gen: number;
  temporary: boolean;
  on_completion: "delete" | "keep";
  stream_mode: StreamMode[];
  subgraphs: boolean;
  resumable: boolean;
  /** Items that hold the kwargs. */
  input_parts: number;
  /** Goes up with every claim. */
  epoch: number;
  /** Claims that were not hand-overs; 0 while unclaimed. */
  attempt: number;
  /** Claims in a row that found no new checkpoint. */
  tries: number;
  /** Newest checkpoint of this run when it was last claimed. */
  at: string | null;
  /** Released by a planned hand-over: may be claimed at once, without counting an attempt. */
  handed: boolean;
  /** ms since 1970; 0 = nobody holds it. */
  lease_until: number;
  /** ms since 1970 when it last became active, was handed over or was claimed. */
  since: number;
  /** ms since 1970 when the function that claimed it last is cut off; absent or 0 where functions have no limit. */
  deadline?: number;
  /** ms that the function had, if an attempt from this checkpoint was cut off at its limit; 0 or absent = none was. */
  cut_after?: number;
  sends: number;
  sent_at: number;
  /** The slot of attempt 1's metadata; absent while the run waits in a queue. */
  log_start?: number;
  cancel?: CancelIntent;
  /** The thread waited for a person when the run became active, and does so again if the run leaves nothing behind. */
  waits?: true;
  /** When the first claim began to run it, ISO. */
  started_at?: string;
  /** To be cancelled when nobody watches it any more. */
  on_disconnect?: "cancel";
  /** Its end is sent to the URL in its kwargs. */
  webhook?: boolean;
  /** ms since 1970 when a delayed run takes its place on the thread; absent once it has. */
  starts_at?: number;
}

export type PendingRun = RunFacts & { status: "pending" };
export type RunningRun = RunFacts & { status: "running"; owner: string; opening: Opening };
export type FinishedRun = RunFacts & {
  status: FinalStatus;
  /** Nonce of the claim that ended it; absent if it never became active. */
  owner?: string;
  ended_at: string;
  /** Slot of the end record; absent if the run never became active. */
  log_end?: number;
  head?: HeadRef;
  error?: ErrorDetail;
  interrupts?: Interrupts;
};
export type RunRow = PendingRun | RunningRun | FinishedRun;

export interface RunRef {
  thread_id: string;
  run_id: string;
}

/** Written by every claim that may write checkpoints: `<log_start>.<epoch>`, so that heads and writes of a dead claim can be recognised. */
export interface ClaimNumber {
  log_start: number;
  epoch: number;
}

/** One item of the thread log: a batch of events of one run, written once and never changed. */
export interface Slot {
  slot: number;
  run_id: string;
  gen: number;
  epoch: number;
  /** Nonce of the writer of these bytes: our own nonce at a taken slot means that our put had succeeded. */
  nonce: string;
  /** Number of events; 0 for a fence, a part, or an end without held events. */
  count: number;
  /** Compressed lines, `encodeEvents`. */
  payload: Uint8Array;
  /** The payload goes on in the next slot of the same writer. */
  more: boolean;
  /** Slots right before this one that begin its payload. */
  parts: number;
  /** Present in the last record of a run. */
  end?: FinalStatus;
  /** ms since 1970: retention counts from here. */
  at: number;
}

/** An event as it goes on the wire; `data` is JSON text without line breaks. */
export interface LogEvent {
  event: string;
  data: string;
}

export const isFinal = (run: RunRow): run is FinishedRun => run.status !== "pending" && run.status !== "running";

/** Gone for every reader: rolled back or deleted with its thread. */
export const isGone = ({ status }: Pick<RunRow, "status">): boolean => status === "rolled_back" || status === "deleted";

/** The graph of the newest run; of a thread that never ran, or not since rows say it, the one that its metadata names. */
export function graphOf({ graph_id, metadata }: Pick<ThreadRow, "graph_id" | "metadata">): string | undefined {
  const named = metadata["graph_id"];
  return graph_id ?? (typeof named === "string" ? named : undefined);
}

/** Claimable: waiting for its first claim, handed over, or its lease has run out. `now` in ms. */
export const isUnheld = (run: RunRow, now: number): boolean =>
  !isFinal(run) && (run.status === "pending" || run.handed || isOver(run.lease_until, now));

/** A lease that ends later than any that is written now was written before a clock stepped back: its holder would have renewed it. */
const isOver = (lease_until: number, now: number): boolean =>
  lease_until < now || lease_until > now + LEASE + CLOCK_SKEW;
