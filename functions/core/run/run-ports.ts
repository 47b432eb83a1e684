/** The ports of runs: their rows, transactions, inputs and queue. Expected races are return values. */
import type { Seal } from "../checkpoint/checkpoint-port.ts";
import type { Impossible } from "../failure/failure.ts";
import type { Slot } from "../log/slot.ts";
import type { ThreadWrite } from "../thread/thread-port.ts";
import type { ThreadRow } from "../thread/thread-row.ts";
import type { WebhookDue } from "../webhook/webhook-ports.ts";
import type { CancelIntent, ClaimNumber, FinishedRun, PendingRun, RunningRun, RunRef, RunRow } from "./run-row.ts";

export interface CreateTransaction {
  run: PendingRun;
  /** When the sweeper first looks at the run; absent while it waits in the queue. */
  due?: number;
  thread: ThreadWrite;
  /** Encoded kwargs, if they are small enough for the transaction; else they were put before. */
  input?: Uint8Array;
  /** Metadata of attempt 1, if the run becomes active at once. */
  first?: Slot;
  /** The runs that it replaces: the active one gets a cancel intent, the waiting ones end. */
  supersede?: { active?: string; queued: string[]; intent: CancelIntent; ended_at: string; webhooks: WebhookDue[] };
  /** Idempotency key: unused, older than a day at `now`, or still that of the run `dead`, whose thread was deleted. */
  key?: { key: string; fingerprint: string; now: number; dead?: string };
}

export interface AdmitTransaction {
  run: RunRef;
  now: number;
  thread: ThreadWrite;
  /** Present if the run becomes active; else the thread row has it in its queue. */
  first?: Slot;
  waits?: true;
  due?: number;
}

export interface ClaimUpdate {
  owner: string;
  epoch: number;
  attempt: number;
  no_progress_claims: number;
  last_checkpoint_id: string | null;
  opening: RunningRun["opening"];
  lease_until: number;
  /** When the sweeper looks at the run next, ms since 1970; absent if that stays. */
  due?: number;
  /** Set by the claim that begins attempt 1. */
  started_at?: string;
  /** Reset by a claim to run, kept by a claim to end. */
  send_count?: number;
  claimable_since?: number;
  deadline?: number;
  cut_after?: number;
  updated_at: string;
}

export interface FinishTransaction {
  run: RunRef;
  owner: string;
  /** The cancel intent that was acted on. The finish fails if the row has another. */
  seen_cancel: CancelIntent | undefined;
  result: Pick<FinishedRun, "status" | "ended_at" | "head" | "error" | "interrupts"> & { log_end: number };
  end: Slot;
  thread: ThreadWrite;
  /** Closes the claim and older ones of the run (`Closing`). An `undone` run's writes to checkpoints of other runs are hidden, too. */
  closed: { claim: ClaimNumber; after: string; undone: boolean; seal?: Seal };
  webhooks: WebhookDue[];
  /** The run that becomes active: `queue[0]`, its first slot, `claimable_since = sent_at = now`, one send counted. */
  next?: { run_id: string; first: Slot; now: number; due: number; waits?: true };
}

/** Something that the sweeper must look at: a run, or a webhook of a run that has ended. */
export type Due = DueRun | { kind: "cron"; cron_id: string; due: number } | DueThread;

/** A thread whose lifetime is over. */
export interface DueThread {
  kind: "thread";
  thread_id: string;
  due: number;
}

export interface DueRun extends RunRef {
  kind: "run" | "webhook";
  due: number;
}

export interface LoadedRun {
  thread: ThreadRow | undefined;
  run: RunRow | undefined;
  input?: Uint8Array;
}

export interface Runs {
  /** One transaction. `conflict`: the thread row or the log has changed. If the run row exists already, it counts as created. */
  create(transaction: CreateTransaction): Promise<"created" | "conflict">;
  /** The run that a request with this key made in the last day. */
  findKey(key: string, now: number): Promise<{ ref: RunRef; fingerprint: string } | undefined>;
  /** Admits a delayed run to its thread. */
  admit(transaction: AdmitTransaction): Promise<"admitted" | "contended">;
  get(ref: RunRef): Promise<RunRow | undefined>;
  /** Thread and run row in one consistent read, `withInput` also the run's input if it is a single part. */
  load(ref: RunRef, options?: { withInput: boolean }): Promise<LoadedRun>;
  threadOf(run_id: string): Promise<string | undefined>;
  /** Newest first. A row that does not fit is left out and passed to `onSpoilt`; without it the read is Impossible. */
  list(thread_id: string, onSpoilt?: (error: Impossible) => void): Promise<RunRow[]>;
  /** Conditional on epoch, lease and hand-over flag as read. Answers with the row after the claim: a cancel may have come meanwhile. */
  claim(seen: RunRow, update: ClaimUpdate): Promise<{ kind: "claimed"; row: RunningRun } | { kind: "held" }>;
  extend(ref: RunRef, owner: string, update: { lease_until: number; due?: number }): Promise<"extended" | "lost">;
  /** Hand-over: claimable at once, `claimable_since = sent_at = now`, one send counted. */
  release(ref: RunRef, owner: string, update: { now: number; due: number }): Promise<"released" | "lost">;
  /** Conditional on (epoch, sent_at, send_count) as read: only the winner sends. */
  markSent(seen: RunRow, update: { now: number; due: number }): Promise<"marked" | "held">;
  /** The first intent wins; `finished` if the run has ended or does not exist. */
  requestCancel(ref: RunRef, intent: CancelIntent): Promise<"requested" | "finished">;
  finish(transaction: FinishTransaction): Promise<"finished" | "contended">;
  /** Ends a run that waits in the queue: in its row and the queue, without a record in the log. */
  endQueued(end: {
    run: RunRef;
    status: FinishedRun["status"];
    ended_at: string;
    thread: ThreadWrite;
    webhooks: WebhookDue[];
  }): Promise<"finished" | "contended">;
  /** Makes an ended run a tombstone and hides its checkpoints, if the row has not changed and no other run is in flight. */
  remove(removal: { run: FinishedRun; thread: ThreadWrite }): Promise<"removed" | "contended">;
  /**
   * Removes rows, pointers, webhooks and inputs of runs of this generation and older, also spoilt ones. The thread is a tombstone or in use
   * again.
   */
  purge(thread_id: string, gen: number): Promise<void>;
  /** Everything whose `due` has passed, the earliest first, from the index (eventually consistent). */
  due(now: number): Promise<Due[]>;
}

export interface Inputs {
  /**
   * Puts the encoded kwargs in parts before the create transaction; returns the number of parts.
   * @param logBegins ms since 1970, of a run that goes with its thread: the parts expire with its log; absent = they stay
   */
  put(run_id: string, bytes: Uint8Array, logBegins?: number): Promise<number>;
  get(run_id: string, parts: number): Promise<Uint8Array | undefined>;
  remove(run_id: string, parts: number): Promise<void>;
}

/** Ids only. The queue is a hint: the row is the truth. */
export interface RunQueue {
  send(ref: RunRef, delayMs?: number): Promise<void>;
}

/** Heartbeats while a node blocks the event loop of this process, so that the loop's own cannot run. */
export interface Pacemaker {
  /**
   * @param ms how long the lease is held at most while the loop does not turn
   * @returns ends it; afterwards the lease is not extended
   */
  hold(run: RunRef, owner: string, ms: number): () => void;
}
