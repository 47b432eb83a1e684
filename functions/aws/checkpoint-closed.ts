/**
 * What of closed claims exists for readers (design 6): a head after the claim's last one does not (model rule closedEpochsHideHeads), nor a
 * pending write that was not there when the claim was sealed (sealedClaimsHideWrites). Must not read heads or writes.
 */
import type { Closing, Seal } from "../core/checkpoint-port.ts";
import type { ClaimNumber } from "../core/rows.ts";
import { CLOSED_AT_ONCE, RETENTION } from "../core/timings.ts";
import { claimOf } from "./checkpoint-items.ts";
import { type Item, queryAll, queryPage, type Table } from "./item-batches.ts";
import { ttlAt } from "./expiry.ts";
import { checkpointsKey, CLOSED_PREFIX, claimText, closedKey, removedKey } from "./keys.ts";

export interface ClosingRecord extends Closing {
  knows?: readonly number[];
  undone?: boolean;
  /** Of the writes to checkpoints from an id on only those exist that this claim has stamped, or a later one. */
  seal?: Seal;
  final?: boolean;
}

/**
 * The record that closes a claim and all older ones of its run; also part of the finishing transaction, whose record is final.
 * `knows`: by which claims the run had records then. One that comes from an older claim later is void: that claim was overtaken.
 */
export const closedItem = (
  thread_id: string,
  { claim, after, by, knows, undone = false, seal, final = false }: ClosingRecord,
): Item => ({
  ...closedKey(thread_id, claim),
  after,
  z: by,
  ...(knows && { k: knows }),
  ...(undone && { u: true }),
  ...(seal && { from: seal.from, k: seal.knows }),
  ...(final && { e: true }),
});

/** Left by a removed thread: heads that a dead claim puts later, up to this run, do not exist either. `now` in ms. */
export const removedItem = (thread_id: string, log_start: number, now: number): Item => ({
  ...removedKey(thread_id),
  below: log_start,
  ttl: ttlAt(now + RETENTION),
});

interface Head {
  checkpoint_id: string;
  claim: ClaimNumber | undefined;
}

interface Closed {
  claim: ClaimNumber;
  after: string;
  by: number;
  knows?: Set<number>;
  from?: string;
}

/** What was known about closed claims at one time. */
export class ClosedClaims {
  readonly #records: Closed[] = [];
  readonly #undone = new Set<number>();
  #removed = -1;
  /** Runs from here on are wholly known. */
  readonly #from: number;

  constructor(items: readonly Item[], complete: boolean) {
    for (const { sk, after, below, u, from, z, k } of items) {
      if (typeof below === "number") this.#removed = below;
      const claim = claimOf(sk.slice(CLOSED_PREFIX.length));
      if (!claim || typeof after !== "string") continue;
      const knows = Array.isArray(k) && { knows: new Set(k.map(Number)) };
      this.#records.push({ claim, after, by: Number(z), ...knows, ...(typeof from === "string" && { from }) });
      if (u === true) this.#undone.add(claim.log_start);
    }
    this.#from = complete ? -1 : Math.min(...this.#records.map(({ claim }) => claim.log_start)) + 1;
  }

  /**
   * `open`: nothing closes the head's claim so far as is known. That is no proof if the records were read before the head, or
   * reach not that far back: then they are to be read again.
   */
  of({ checkpoint_id, claim }: Head): "visible" | "hidden" | "open" {
    if (!claim) return "visible";
    if (claim.log_start <= this.#removed) return "hidden";
    const closing = this.#closing(claim);
    if (closing.some(({ after }) => checkpoint_id > after)) return "hidden";
    return closing.length && claim.log_start >= this.#from ? "visible" : "open";
  }

  /** Whether the run has ended and left nothing: its writes to heads of others do not exist either. */
  isUndone(log_start: number): boolean {
    return this.#undone.has(log_start);
  }

  /** The stamp that the claim's writes to this checkpoint need at least to exist; 0 = none. Each seal asks for its own. */
  stampFor(claim: ClaimNumber, checkpoint_id: string): number {
    const sealing = this.#closing(claim).filter(({ from }) => from !== undefined && checkpoint_id >= from);
    return Math.max(0, ...sealing.map(({ by }) => by));
  }

  /** By which claims there are records: what the next one knows. */
  get by(): number[] {
    return this.#records.map(({ by }) => by);
  }

  /** The records of later claims of the run, and of this one, that are not void. */
  #closing({ log_start, epoch }: ClaimNumber): Closed[] {
    const ofRun = this.#records.filter(({ claim }) => claim.log_start === log_start);
    const isVoid = ({ by }: Closed): boolean =>
      ofRun.some(({ by: later, knows }) => later > by && knows?.has(by) === false);
    return ofRun.filter((closed) => closed.claim.epoch >= epoch && !isVoid(closed));
  }

  /** Runs up to here are gone with their thread; -1 if it was never removed. */
  get removedUntil(): number {
    return this.#removed;
  }

  get greatestRun(): number {
    return Math.max(this.#removed, ...this.#records.map(({ claim }) => claim.log_start));
  }
}

/** The newest records; one read, meant to run beside that of a head. */
export async function readLatestClosed(table: Table, thread_id: string): Promise<ClosedClaims> {
  const range = { pk: checkpointsKey(thread_id), prefix: CLOSED_PREFIX, newestFirst: true, limit: CLOSED_AT_ONCE };
  const { items, next } = await queryPage(table, range);
  return new ClosedClaims(items, !next);
}

export async function readAllClosed(table: Table, thread_id: string): Promise<ClosedClaims> {
  return new ClosedClaims(await queryAll(table, { pk: checkpointsKey(thread_id), prefix: CLOSED_PREFIX }), true);
}

/** Proof about one head, by records read after it. */
export async function isVisible(table: Table, thread_id: string, head: Head): Promise<boolean> {
  if (!head.claim) return true;
  // A removal need not be looked for again: it ends the claims first, so their heads are closed.
  return (await readClosedOf(table, thread_id, head.claim.log_start)).of(head) !== "hidden";
}

/** The records of one run. */
export async function readClosedOf(table: Table, thread_id: string, log_start: number): Promise<ClosedClaims> {
  const [run] = claimText({ log_start, epoch: 0 }).split(".");
  const range = { pk: checkpointsKey(thread_id), prefix: `${CLOSED_PREFIX}${run}.` };
  return new ClosedClaims(await queryAll(table, range), true);
}
