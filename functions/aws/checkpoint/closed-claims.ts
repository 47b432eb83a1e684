/**
 * The records of closed claims, and what they hide from readers (design 5): heads after a claim's last one (model rule
 * closedEpochsHideHeads), and pending writes that came after the claim was sealed (model rule sealedClaimsHideWrites).
 */
import type { Closing, Seal } from "../../core/checkpoint/checkpoint-port.ts";
import { RETENTION } from "../../core/log/timings.ts";
import type { ClaimNumber } from "../../core/run/run-row.ts";
import { ttlAt } from "../table/expiry.ts";
import { type Item, queryAll, queryPage, type Table } from "../table/item-batches.ts";
import { checkpointsKey, claimText, CLOSED_PREFIX, closedKey, removedKey } from "../table/keys.ts";
import { claimOf } from "./items.ts";
import { CLOSED_AT_ONCE } from "./limits.ts";

export type ClosingRecord = Closing & {
  /** The run has ended and left no checkpoint. */
  undone?: boolean;
  /** Written by the run's end: no claim replaces it. */
  final?: boolean;
} & (
    | {
        /** Epochs of claims that had closed the run before. A record of an older claim that appears later is void. */
        knows?: readonly number[];
        seal?: never;
      }
    | {
        knows?: never;
        /** Of writes to the checkpoints concerned, only those exist that this claim or a later one has stamped. */
        seal?: Seal;
      }
  );

/** The record that closes a claim and all older ones of its run. */
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
  ...(final && { fin: true }),
});

/** The record of a removed thread: hides heads that dead claims of its runs, up to this one, may still put. `now` in ms. */
export const removedItem = (thread_id: string, log_start: number, now: number): Item => ({
  ...removedKey(thread_id),
  below: log_start,
  ttl: ttlAt(now + RETENTION),
});

interface Head {
  checkpoint_id: string;
  claim: ClaimNumber | undefined;
}

/** A record as it was read; `from` only if it is a seal. */
interface Closed extends Closing {
  knows?: Set<number>;
  from?: string;
}

/** The closed claims that were known at one time. */
export class ClosedClaims {
  readonly #records: Closed[] = [];
  readonly #undone = new Set<number>();
  #removed = -1;
  /** All records of runs whose log begins here or later are known. */
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
   * `unproven`: no known record closes the head's claim. The records may have been read too early, or not far enough back: read them again.
   */
  of({ checkpoint_id, claim }: Head): "visible" | "hidden" | "unproven" {
    if (!claim) return "visible";
    if (claim.log_start <= this.#removed) return "hidden";
    const closing = this.#closing(claim);
    if (closing.some(({ after }) => checkpoint_id > after)) return "hidden";
    return closing.length && claim.log_start >= this.#from ? "visible" : "unproven";
  }

  /** Whether the run has ended and left no checkpoint. Then its writes to checkpoints of other runs do not exist either. */
  isUndone(log_start: number): boolean {
    return this.#undone.has(log_start);
  }

  /** The lowest stamp with which the claim's writes to this checkpoint exist; 0 = they need none. The strictest seal counts. */
  stampFor(claim: ClaimNumber, checkpoint_id: string): number {
    const sealing = this.#closing(claim).filter(({ from }) => from !== undefined && checkpoint_id >= from);
    return Math.max(0, ...sealing.map(({ by }) => by));
  }

  /** Epochs of the claims that have closed others, for the next record's `knows`. */
  get by(): number[] {
    return this.#records.map(({ by }) => by);
  }

  /** The records that close this claim: its own and those of later claims of the run, without void ones. */
  #closing({ log_start, epoch }: ClaimNumber): Closed[] {
    const ofRun = this.#records.filter(({ claim }) => claim.log_start === log_start);
    const isVoid = ({ by }: Closed): boolean =>
      ofRun.some(({ by: later, knows }) => later > by && knows?.has(by) === false);
    return ofRun.filter((closed) => closed.claim.epoch >= epoch && !isVoid(closed));
  }

  /** Runs whose log begins up to here were removed with their thread; -1 if it was never removed. */
  get removedUntil(): number {
    return this.#removed;
  }

  get greatestRun(): number {
    return Math.max(this.#removed, ...this.#records.map(({ claim }) => claim.log_start));
  }
}

/** The newest records, in one read beside that of a head. */
export async function readLatestClosed(table: Table, thread_id: string): Promise<ClosedClaims> {
  const range = { pk: checkpointsKey(thread_id), prefix: CLOSED_PREFIX, newestFirst: true, limit: CLOSED_AT_ONCE };
  const { items, next } = await queryPage(table, range);
  return new ClosedClaims(items, !next);
}

export async function readAllClosed(table: Table, thread_id: string): Promise<ClosedClaims> {
  return new ClosedClaims(await queryAll(table, { pk: checkpointsKey(thread_id), prefix: CLOSED_PREFIX }), true);
}

/** Whether one head is visible. The records are read after the head, so the answer is final. */
export async function isVisible(table: Table, thread_id: string, head: Head): Promise<boolean> {
  if (!head.claim) return true;
  // The record of a removal need not be read again: a removal ends the runs first, which closes their claims.
  return (await readClosedOf(table, thread_id, head.claim.log_start)).of(head) !== "hidden";
}

/** All records of one run. */
export async function readClosedOf(table: Table, thread_id: string, log_start: number): Promise<ClosedClaims> {
  const [run] = claimText({ log_start, epoch: 0 }).split(".");
  const range = { pk: checkpointsKey(thread_id), prefix: `${CLOSED_PREFIX}${run}.` };
  return new ClosedClaims(await queryAll(table, range), true);
}
