/**
 * The mixture of faults of one seed. Each seed has few kinds, some of them often: most defects need two that meet. Must not carry anything
 * out.
 */
import type { Dice } from "./dice.ts";

export interface Faults {
  // ---- requests to the table, shares of the attempts ----
  /** Carried out, the answer is lost. */
  lost: number;
  /** Never carried out. */
  fail: number;
  /** Given up after the time-out, carried out up to a minute later. */
  late: number;
  /** Checkpoints and writes whose sender dies while they are under way; carried out up to a minute later. */
  orphaned: number;
  throttle: number;
  conflict: number;
  /** Batches that are done in part. */
  unprocessed: number;
  /** Eventually consistent reads that show the past. */
  stale: number;
  /** Transactions whose items become visible one after the other. */
  torn: number;
  /** Answers that take seconds. */
  slow: number;
  // ---- processes, shares of their events ----
  crash: number;
  freeze: number;
  /** A worker that freezes right after its claim. */
  slowFirst: number;
  /** Every worker dies after its claim, by this chance per event, for ever. */
  poison: number;
  /** From some moment on every worker dies before it claims, for ever. */
  broken: boolean;
  /** Clocks apart by up to two seconds either way. */
  skew: boolean;
  /** Times that the wall clock of all processes is set, by up to ten minutes either way. */
  steps: number;
  // ---- the queue ----
  drop: number;
  duplicate: number;
  /** Messages that come up to a minute late. */
  delay: number;
  // ---- what people do ----
  cancel: boolean;
  /** Cancels arrive just after the creation. */
  early: boolean;
  /** Cancels arrive while the run is about to end, share of the runs. */
  atTheEnd: number;
  remove: boolean;
  /** Updates of the state by a client. */
  updates: number;
  /** Deletions of single runs. */
  deletes: number;
  /** Readers whose connection is cut, share of their batches. */
  cut: number;
  readers: boolean;
  /** Stateless runs. */
  temporary: boolean;
  handover: number;
  /** All four ways of double texting, not only the queue. */
  strategies: boolean;
  /** Runs that begin some seconds later, share of them. */
  delayed: number;
  /** Clients that repeat a request whose answer they did not get, with an idempotency key. */
  keys: boolean;
  /** Runs whose end is told to a URL that does not always answer, share of them. */
  webhooks: number;
  /** The log of a quiet thread expires. */
  expiry: boolean;
  /** Two sweeps at the same time. */
  twoClocks: boolean;
  // ---- what graphs do ----
  /** Nodes that take no notice of their signal. */
  stubborn: boolean;
  /** Supersteps whose events need several slots. */
  large: number;
  /** Share of each that is too large: events for any stream, questions for an item or a reader, endings for the table. */
  beyond: number;
  /** Runs that pause for a person. */
  pause: number;
  durability: "sync" | "async";
}

export function drawFaults(dice: Dice): Faults {
  const sometimes = (share: number, strength: number): number => (dice.chance(share) ? strength : 0);
  const often = dice.chance(0.3);
  const faults: Faults = {
    lost: sometimes(0.5, 0.06),
    fail: sometimes(0.4, dice.chance(0.2) ? 0.3 : 0.06),
    late: sometimes(0.4, often ? 0.12 : 0.04),
    throttle: sometimes(0.3, 0.15),
    conflict: sometimes(0.4, 0.15),
    unprocessed: sometimes(0.3, 0.3),
    stale: sometimes(0.6, 0.4),
    torn: sometimes(0.4, 0.5),
    slow: sometimes(0.2, 0.05),
    crash: sometimes(0.5, often ? 0.02 : 0.005),
    freeze: sometimes(0.5, 0.006),
    slowFirst: sometimes(0.2, 0.5),
    poison: sometimes(0.05, dice.chance(0.5) ? 1 : 0.1),
    broken: dice.chance(0.03),
    skew: dice.chance(0.3),
    steps: sometimes(0.2, 1 + dice.below(3)),
    drop: sometimes(0.5, 0.3),
    duplicate: sometimes(0.5, 0.2),
    delay: sometimes(0.3, 0.2),
    cancel: dice.chance(0.5),
    early: dice.chance(0.3),
    atTheEnd: sometimes(0.2, 0.5),
    remove: dice.chance(0.2),
    cut: sometimes(0.4, 0.1),
    readers: dice.chance(0.7),
    temporary: dice.chance(0.15),
    handover: sometimes(0.4, dice.chance(0.5) ? 0.7 : 0.3),
    strategies: dice.chance(0.3),
    delayed: sometimes(0.15, 0.4),
    keys: dice.chance(0.5),
    webhooks: sometimes(0.15, 0.6),
    expiry: dice.chance(0.15),
    twoClocks: dice.chance(0.3),
    stubborn: dice.chance(0.2),
    large: sometimes(0.06, 0.3),
    pause: sometimes(0.2, 0.4),
    durability: dice.chance(0.5) ? "async" : "sync",
    beyond: sometimes(0.1, 0.3),
    orphaned: sometimes(0.1, 0.05),
    updates: 0,
    deletes: 0,
  };
  if (faults.drop && faults.handover && dice.chance(0.5)) Object.assign(faults, { handover: 0.7, drop: 0.5 });
  // Readers would poll for the hours after which an unclaimed run is given up.
  if (faults.broken) faults.readers = false;
  return faults;
}

/** After this many ms nothing new goes wrong: from here on every run has to end. */
export const CALM_AFTER = 300_000;

/** Requests, processes and messages as they should be. */
export const CALM = {
  lost: 0,
  fail: 0,
  late: 0,
  orphaned: 0,
  throttle: 0,
  conflict: 0,
  unprocessed: 0,
  torn: 0,
  slow: 0,
  crash: 0,
  freeze: 0,
  slowFirst: 0,
  drop: 0,
  duplicate: 0,
  delay: 0,
  cut: 0,
  handover: 0,
} satisfies Partial<Faults>;

export function calmDown(faults: Faults): void {
  Object.assign(faults, CALM);
}
