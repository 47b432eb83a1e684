/** The row of a run. Field names are those of the table (design 2); fields of the API resource have the API's names. */
import type { JsonObject } from "../../protocol/json.ts";
import type { MultitaskStrategy, StreamMode } from "../../protocol/run.ts";
import type { ErrorDetail } from "../../protocol/thread.ts";
import type { HeadRef, Interrupts } from "../thread/thread-row.ts";
import { CLOCK_SKEW, LEASE } from "./timings.ts";

/** How a run ended. `rolled_back` and `deleted` are tombstones: every reader answers 404. */
export type FinalStatus = "success" | "error" | "interrupted" | "rolled_back" | "deleted";

export type CancelIntent = "interrupt" | "rollback" | "delete";

/**
 * How a claimant opens the log. `first`: attempt 1, after the first slot. `epoch`: a later attempt, with its metadata. `fence`: after a
 * hand-over, with a hidden record. `none`: the claim only ends the run.
 */
export type Opening = "first" | "epoch" | "fence" | "none";

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
  no_progress_claims: number;
  /** Newest checkpoint of this run when it was last claimed. */
  last_checkpoint_id: string | null;
  /** Released by a planned hand-over: may be claimed at once, without counting an attempt. */
  handed_off: boolean;
  /** ms since 1970; 0 = nobody holds it. */
  lease_until: number;
  /** ms since 1970 when it last became active, was handed over, or was claimed: since then somebody could or can claim it. */
  claimable_since: number;
  /** ms since 1970 when the function that claimed it last is cut off; absent or 0 where functions have no limit. */
  deadline?: number;
  /** ms that the function had, if an attempt from this checkpoint was cut off at its time limit; 0 or absent = none was. */
  cut_after?: number;
  send_count: number;
  sent_at: number;
  /** The slot of attempt 1's metadata; absent while the run waits in a queue. */
  log_start?: number;
  cancel?: CancelIntent;
  /** The thread was interrupted when the run became active, and is again if the run leaves no checkpoint. */
  waits?: true;
  /** When the first claim began to run it, ISO. */
  started_at?: string;
  /** To be cancelled when nobody watches it any more. */
  on_disconnect?: "cancel";
  /** Its end is sent to the URL in its kwargs. */
  webhook?: boolean;
  /** ms since 1970 when a delayed run is admitted to its thread; absent once it is. */
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

/** Written by every claim that may write checkpoints: `<log_start>.<epoch>`. Identifies heads and writes of a dead claim. */
export interface ClaimNumber {
  log_start: number;
  epoch: number;
}

/** Its thread is deleted when the run ends; what is left of both expires with their log. */
export const goesWithThread = ({ temporary, on_completion }: Pick<RunRow, "temporary" | "on_completion">): boolean =>
  temporary && on_completion === "delete";

export const isFinal = (run: RunRow): run is FinishedRun => run.status !== "pending" && run.status !== "running";

/** Does not exist for readers any more: rolled back, or deleted with its thread. */
export const isGone = ({ status }: Pick<RunRow, "status">): boolean => status === "rolled_back" || status === "deleted";

/** Claimable: waiting for its first claim, handed over, or its lease has run out. `now` in ms. */
export const isUnheld = (run: RunRow, now: number): boolean =>
  !isFinal(run) && (run.status === "pending" || run.handed_off || isOver(run.lease_until, now));

/** A lease beyond `now + LEASE` was written before a clock stepped back. A living holder would have renewed it since. */
const isOver = (lease_until: number, now: number): boolean =>
  lease_until < now || lease_until > now + LEASE + CLOCK_SKEW;

/** The fields of log lines about a run. */
export const runIds = ({ run_id, thread_id, attempt }: Pick<RunRow, "run_id" | "thread_id" | "attempt">) => ({
  run_id,
  thread_id,
  attempt,
});
