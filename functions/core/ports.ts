/**
 * Everything outside the use cases, one interface each; adapters repeat the names (design 6). Expected races are return values. After
 * anything thrown but Impossible it is open whether the write happened; the callers know what to do then (model: an unclear answer). Must
 * not name AWS, HTTP or LangGraph.
 */
import type { CheckpointStore, Seal } from "./checkpoint-port.ts";
import type { Engine } from "./engine-port.ts";
import type { Measure } from "./measures.ts";
import type {
  CancelIntent,
  ClaimNumber,
  FinishedRun,
  PendingRun,
  RunRef,
  RunRow,
  RunningRun,
  Slot,
  ThreadRow,
} from "./rows.ts";

/** Thrown for a write that did not happen and never will, as it is: too large for an item or a transaction. Repeating it is wrong. */
export class Impossible extends Error {
  override name = "Impossible";
}

/**
 * Two times: the wall clock, which is set and steps either way, for stamps and for leases that others read; and one that only runs
 * forward, for durations.
 */
export interface Clock {
  /** ms since 1970. */
  now(): number;
  /** ms since some moment of this process. Says nothing to another process. */
  monotonic(): number;
  /** ms for which the wall clock has not stepped, as far as this process has seen. */
  steadyFor(): number;
  /** Resolves after `ms`, or at once when the signal aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Ids {
  /** Time-ordered UUID, version 7. */
  uuid7(): string;
  /** 12 random characters. */
  nonce(): string;
  /** Random, 0 to 1: the share of a pause that is waited, so that writers who collided do not collide again. */
  jitter(): number;
}

/** Structured lines, one per state change; never message content. */
export interface Logger {
  info(message: string, fields: Record<string, unknown>): void;
  warn(message: string, fields: Record<string, unknown>): void;
  error(message: string, fields: Record<string, unknown>): void;
}

/** Figures for whoever watches a server. Never throws, never waits. */
export interface Metrics {
  /** One sample; samples of a measure are kept apart by `status`. */
  add(measure: Measure, value: number, status?: string): void;
  /** Adds to the one sample of this invocation. */
  count(measure: Measure, value: number): void;
}

export interface ThreadLog {
  /** Puts one slot if it is free. A slot that is taken by the same nonce counts as appended. Atomic per slot. */
  append(thread_id: string, slot: Slot): Promise<"appended" | "fenced">;
  /** Slots after `after`, ascending, expired ones left out; at most one page. Eventually consistent unless asked otherwise. */
  read(thread_id: string, after: number, options?: { consistent?: boolean; limit?: number }): Promise<Slot[]>;
  /** Number of the last slot (consistent, expired ones included), 0 for an empty log. */
  tail(thread_id: string): Promise<number>;
  /** Resolves when the log may have grown beyond `after`, or after about `ms`. A hint: the caller reads the table either way. */
  changed(thread_id: string, after: number, ms: number, signal?: AbortSignal): Promise<void>;
}

/** Where appender and reader share a process, the log wakes the reader and leaves it what was appended. */
export interface Wake {
  /** The log of this thread has grown by this slot, which is there for certain. */
  notify(thread_id: string, slot: Slot): void;
  /** Slots after `after`, without gaps, at most `limit`; none if they are not known: then the table knows. */
  recent(thread_id: string, after: number, limit: number): Slot[];
  /** Resolves once the log is known to have grown beyond `after`, after `ms`, or when the signal aborts. */
  wait(thread_id: string, after: number, ms: number, signal?: AbortSignal): Promise<void>;
}

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

export interface CreateTransaction {
  run: PendingRun;
  /** When the sweep first looks at the run; absent while it waits in the queue. */
  due?: number;
  thread: ThreadWrite;
  /** Encoded kwargs, if they are small enough for the transaction; else they were put before. */
  input?: Uint8Array;
  /** Metadata of attempt 1, if the run becomes active at once. */
  first?: Slot;
  /** The runs that it replaces: the active one gets a cancel intent, those that wait end. */
  supersede?: { active?: string; queued: string[]; intent: CancelIntent; ended_at: string; webhooks: WebhookDue[] };
  /** Idempotency key: free, older than a day at `now`, or still that of the run `dead`, whose thread is gone. */
  key?: { key: string; fingerprint: string; now: number; dead?: string };
}

/** A webhook to deliver, written with the end of its run: it exists exactly if the run has ended. */
export interface WebhookDue {
  run_id: string;
  due: number;
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
  tries: number;
  at: string | null;
  opening: RunningRun["opening"];
  lease_until: number;
  /** When the sweep looks at the run next, ms since 1970. */
  due: number;
  /** Set by the claim that begins attempt 1. */
  started_at?: string;
  /** Reset by a claim to run, kept by a claim to end. */
  sends?: number;
  since?: number;
  deadline?: number;
  cut_after?: number;
  updated_at: string;
}

export interface FinishTransaction {
  run: RunRef;
  owner: string;
  /** The cancel intent that was acted on; the finish fails if the row has another. */
  seen_cancel: CancelIntent | undefined;
  result: Pick<FinishedRun, "status" | "ended_at" | "head" | "error" | "interrupts"> & { log_end: number };
  end: Slot;
  thread: ThreadWrite;
  /** Closes the claim and older ones of the run (`Closing`). An `undone` run's writes to checkpoints of other runs are hidden, too. */
  closed: { claim: ClaimNumber; after: string; undone: boolean; seal?: Seal };
  webhooks: WebhookDue[];
  /** The run that becomes active: `queue[0]`, its first slot, `since = sent_at = now`, one send counted. */
  next?: { run_id: string; first: Slot; now: number; due: number; waits?: true };
}

/** Something that must be looked at: a run, or a webhook of one that has ended. */
export interface Due extends RunRef {
  kind: "run" | "webhook";
  due: number;
}

export interface LoadedRun {
  thread: ThreadRow | undefined;
  run: RunRow | undefined;
  input?: Uint8Array;
}

export interface Runs {
  /** One transaction; conflict = the thread row or the log moved on. A run row with this id counts as created. */
  create(transaction: CreateTransaction): Promise<"created" | "conflict">;
  /** The run that a request with this key made in the last day. */
  findKey(key: string, now: number): Promise<{ ref: RunRef; fingerprint: string } | undefined>;
  /** Gives a delayed run its place on the thread. */
  admit(transaction: AdmitTransaction): Promise<"admitted" | "contended">;
  get(ref: RunRef): Promise<RunRow | undefined>;
  /** Thread and run row in one consistent read, `withInput` also the run's input if it is a single part. */
  load(ref: RunRef, options?: { withInput: boolean }): Promise<LoadedRun>;
  threadOf(run_id: string): Promise<string | undefined>;
  /** Newest first. */
  list(thread_id: string): Promise<RunRow[]>;
  /** Conditional on epoch, lease and hand-over flag as read. Answers with the row after the claim: a cancel may have come meanwhile. */
  claim(seen: RunRow, update: ClaimUpdate): Promise<{ kind: "claimed"; row: RunningRun } | { kind: "held" }>;
  extend(ref: RunRef, owner: string, update: { lease_until: number; due?: number }): Promise<"extended" | "lost">;
  /** Hand-over: claimable at once, `since = sent_at = now`, one send counted. */
  release(ref: RunRef, owner: string, update: { now: number; due: number }): Promise<"released" | "lost">;
  /** Conditional on (epoch, sent_at, sends) as read: only the winner sends. */
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
  /** Removes rows, pointers, webhooks and inputs of runs of this generation and older: the thread is a tombstone or in use again. */
  purge(thread_id: string, gen: number): Promise<void>;
  /** Everything whose `due` has passed, the earliest first, from the index (eventually consistent). */
  due(now: number): Promise<Due[]>;
}

/** Webhooks that are still to be delivered, one a run. */
export interface Webhooks {
  /**
   * Counts a try before it is made, on condition that nobody has counted one since: only the winner tries. Before the due time only the
   * worker that ended the run may, as the one who has made all tries so far (`mine`).
   */
  claim(
    ref: RunRef,
    next: { now: number; due: (tries: number) => number; mine?: number },
  ): Promise<{ tries: number } | "held">;
  remove(ref: RunRef): Promise<void>;
}

/** POSTs a body once. Follows no redirect and connects to no address that the policy forbids. */
export interface WebhookSender {
  /** What is wrong with the URL, judged by its text alone, for the answer to the request that names it. */
  complaint(url: string): string | undefined;
  /** Whether the endpoint has lately left a request without an answer: who must not wait should not ask it. */
  isSlow: (url: string) => boolean;
  /** @param limits ms to answer in, and a signal that ends the try before */
  send(
    url: string,
    body: string,
    limits: { timeout: number; signal?: AbortSignal | undefined },
  ): Promise<"delivered" | "refused" | "failed">;
}

export interface Inputs {
  /** Puts the encoded kwargs in parts before the create transaction; returns the number of parts. */
  put(run_id: string, bytes: Uint8Array, temporary: boolean): Promise<number>;
  get(run_id: string, parts: number): Promise<Uint8Array | undefined>;
}

/** Ids only. The queue is a hint: the row is the truth. */
export interface RunQueue {
  send(ref: RunRef, delayMs?: number): Promise<void>;
}

/** Heartbeats while the event loop of this process is blocked, by a node that computes: the loop's own cannot run then. */
export interface Pacemaker {
  /**
   * @param ms how long the lease is held at most if the loop never turns again
   * @returns what ends it; from then on the lease is not extended
   */
  hold(run: RunRef, owner: string, ms: number): () => void;
}

/** What every use case is handed; each names the ports that it takes by `Pick`. */
export interface Ports {
  clock: Clock;
  ids: Ids;
  logger: Logger;
  log: ThreadLog;
  threads: Threads;
  runs: Runs;
  inputs: Inputs;
  webhooks: Webhooks;
  sender: WebhookSender;
  queue: RunQueue;
  checkpoints: CheckpointStore;
  engine: Engine;
  /** Where it is absent, a node that blocks the loop longer than the lease loses its run. */
  pacemaker?: Pacemaker;
}
