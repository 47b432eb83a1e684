/**
 * How calls of ports are repeated: all policies, and the one way to follow them. Only what is `Unclear` is repeated, with the same bytes.
 * Whatever else a port throws ends the attempt at once: whoever began it logs that once, and ends the run where it can.
 */
import { Unclear } from "./failure.ts";
import type { Clock } from "../ports.ts";
import { LEASE } from "../run/timings.ts";
import { SECOND } from "../units.ts";

export interface RetryPolicy {
  /** What is repeated. */
  readonly repeats: string;
  /** Tries in all. */
  readonly tries: number;
  /** ms since the first try within which another may begin. */
  readonly within: number;
  /** ms from a failed try to the next; failures count from 1. */
  readonly pause: (failures: number, clock: Pick<Clock, "jitter">) => number;
}

/** ms. The SDK has retried with back-off by then: a table that still does not answer needs a moment, and nobody else waits for it. */
const SHORT = () => 200;

/** ms, at most, doubled from 20 to 500, of which a random share is waited: who collided does not collide again. */
const SPREAD: RetryPolicy["pause"] = (failures, clock) => clock.jitter() * Math.min(10 * 2 ** failures, 500);

/** Ten tries, each several of the SDK: about the time that a table needs to move a partition. Then the caller fails. */
export const STORE: RetryPolicy = {
  repeats: "a read, or a write that may be done twice",
  tries: 10,
  within: Infinity,
  pause: SHORT,
};

/** Like STORE: its nonce tells whether an earlier try was carried out. */
export const CLAIM: RetryPolicy = { ...STORE, repeats: "a claim" };

/** As long as the claim holds: a pause in the log is no loss, a gap would be. */
export const APPEND: RetryPolicy = { repeats: "a slot of the log", tries: Infinity, within: Infinity, pause: SHORT };

/** As long as the worker lives: what its graph has done is known to nobody else. */
export const FINISH: RetryPolicy = { ...APPEND, repeats: "the end of a run, by its worker" };

/** Ten seconds: the next sweep or claim goes on, and the function of the sweeper has a minute for all runs. */
export const END_UNHELD: RetryPolicy = {
  repeats: "the end of a run that no worker holds",
  tries: Infinity,
  within: 10 * SECOND,
  pause: SHORT,
};

/** Ten seconds, below the watchdogs of clients (15 s): then the connection is cut, and they come again. */
export const READ_LOG: RetryPolicy = {
  repeats: "a read of the log for a reader",
  tries: Infinity,
  within: 10 * SECOND,
  pause: () => 500,
};

/** Each second, as long as the lease may hold (model rule heartbeatRetries). */
export const HEARTBEAT_RETRY = 1 * SECOND;
export const EXTEND_LEASE: RetryPolicy = {
  repeats: "a heartbeat",
  tries: Infinity,
  within: LEASE,
  pause: () => HEARTBEAT_RETRY,
};

/** About ten seconds, for a thread that many change at once; then the caller gets an error. */
export const LOST_RACE: RetryPolicy = {
  repeats: "a transaction that others were faster than",
  tries: 40,
  within: Infinity,
  pause: SPREAD,
};

/** About four seconds: a transaction on the same item takes milliseconds. */
export const MET_TRANSACTION: RetryPolicy = {
  repeats: "a single write that met a transaction on its item",
  tries: 13,
  within: Infinity,
  pause: SPREAD,
};

/** Tries without any progress; a batch that was done in part starts counting again. */
export const UNDONE_BATCH: RetryPolicy = { ...MET_TRANSACTION, repeats: "what DynamoDB left undone of a batch" };

export interface Tries {
  /** How many have failed. */
  readonly failures: number;
  /**
   * After a failed try: resolves when it is time for the next, or at once when `over` is aborted.
   * @throws `error` if it is not Unclear, or if the policy has no further try
   */
  again(error: unknown, over?: AbortSignal): Promise<void>;
}

export function startTries(policy: RetryPolicy, clock: Clock): Tries {
  const since = clock.monotonic();
  let failures = 0;
  return {
    get failures() {
      return failures;
    },
    async again(error, over) {
      failures++;
      const isLast = failures >= policy.tries || clock.monotonic() - since > policy.within;
      if (!(error instanceof Unclear) || isLast) throw error;
      await clock.sleep(policy.pause(failures, clock), over);
    },
  };
}

/** Calls until the answer is clear. @throws as `Tries.again`, also when `over` is aborted */
export async function repeat<T>(
  policy: RetryPolicy,
  clock: Clock,
  call: () => Promise<T>,
  over?: AbortSignal,
): Promise<T> {
  const tries = startTries(policy, clock);
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (over?.aborted) throw error;
      await tries.again(error, over);
    }
  }
}

/** As most calls are repeated. Must not be handed one that may not be carried out twice. */
export const untilClear = <T>(clock: Clock, call: () => Promise<T>, over?: AbortSignal): Promise<T> =>
  repeat(STORE, clock, call, over);

/** The error for a race that was lost in every try. */
export const contended = (what: string): Unclear => new Unclear(`others change ${what} too quickly`);
