/**
 * Closes claims, and decides which pending writes readers see. A claim whose worker may still write is sealed (model rule
 * sealedClaimsHideWrites): existing writes are stamped, which makes them final; later ones are ignored.
 */
import { PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Closing, Seal } from "../../core/checkpoint/checkpoint-port.ts";
import type { ClaimNumber } from "../../core/run/run-row.ts";
import { attemptWrite } from "../table/attempt-write.ts";
import { both, closedUntil, stampedBelow, written } from "../table/conditions.ts";
import { type Item, queryAll, type Table } from "../table/item-batches.ts";
import { checkpointsKey, HASHED, headPrefix, unescape, WRITES_PREFIX } from "../table/keys.ts";
import { conditional, updateExpression } from "../table/update-expression.ts";
import { type ClosedClaims, closedItem, readAllClosed, readClosedOf } from "./closed-claims.ts";
import { toRawHead } from "./heads.ts";
import { claimOf } from "./items.ts";
import { STAMPS_AT_ONCE } from "./limits.ts";

/**
 * Closes a claim, and the older ones of its run, whose workers may still write. Stamps come before the record: once it exists, no further
 * write gets this stamp. A late claim of a lower epoch stamps with its own epoch, which this seal does not accept.
 */
export async function sealClaims(table: Table, thread_id: string, { claim, after, by }: Closing): Promise<Seal> {
  const closed = await readClosedOf(table, thread_id, claim.log_start);
  const from = await firstUnsettled(table, thread_id, { claim, after, closed });
  const range = { pk: checkpointsKey(thread_id), prefix: WRITES_PREFIX, claim: `${claim.log_start}.` };
  const items = await queryAll(table, { ...range, only: "pk, sk, c, z" });
  const counting = items.filter((item) => {
    const { epoch } = claimOf(item["c"]) ?? { epoch: Infinity };
    return epoch <= claim.epoch && checkpointOf(item) >= from && isStamped(item, [closed]);
  });
  for (let at = 0; at < counting.length; at += STAMPS_AT_ONCE)
    await Promise.all(counting.slice(at, at + STAMPS_AT_ONCE).map((item) => stamp(table, item, by)));
  const seal = { from, knows: closed.by };
  await putClosed(table, closedItem(thread_id, { claim, after, by, seal }), by);
  return seal;
}

/** Closes a claim, and the older ones of its run, whose workers are known to have stopped writing. */
export async function closeClaims(table: Table, thread_id: string, { claim, after, by }: Closing): Promise<void> {
  const { by: knows } = await readClosedOf(table, thread_id, claim.log_start);
  await putClosed(table, closedItem(thread_id, { claim, after, by, knows }), by);
}

/** A failed condition is ignored: a later claim, or the end of the run, has closed them already. */
async function putClosed({ client, table, clock }: Table, Item: Item, by: number): Promise<void> {
  const request = { TableName: table, Item, ...conditional(closedUntil(by)) };
  await attemptWrite(clock, () => client.send(new PutCommand(request)));
}

/**
 * The first checkpoint whose writes may still arrive, '' = all: the parent of the run's newest visible root head. A claim puts a root head
 * only when its writes to checkpoints before the parent have arrived (core/checkpoint/guard-checkpoints.ts).
 */
async function firstUnsettled(
  table: Table,
  thread_id: string,
  { claim, after, closed }: { claim: ClaimNumber; after: string; closed: ClosedClaims },
): Promise<string> {
  const range = {
    pk: checkpointsKey(thread_id),
    prefix: headPrefix(""),
    claim: `${claim.log_start}.`,
    newestFirst: true,
  };
  const heads = (await queryAll(table, { ...range, only: "sk, id, c" })).map(toRawHead);
  const visible = heads.filter((head) => head.checkpoint_id <= after && closed.of(head) !== "hidden");
  return visible[1]?.checkpoint_id ?? "";
}

/** Does not bring back a write that was removed meanwhile. */
async function stamp({ client, table, clock }: Table, { pk, sk }: Item, by: number): Promise<void> {
  const update = updateExpression({ set: { z: by }, condition: both(written, stampedBelow(by)) });
  await attemptWrite(clock, () => client.send(new UpdateCommand({ TableName: table, Key: { pk, sk }, ...update })));
}

/**
 * The visible pending writes of a thread or of one checkpoint. The records of closed claims are read after the writes; only then are they
 * proof.
 */
export async function countingWrites(table: Table, thread_id: string, prefix = WRITES_PREFIX): Promise<Item[]> {
  const range = { pk: checkpointsKey(thread_id), prefix };
  const items = await queryAll(table, range);
  const closed =
    prefix === WRITES_PREFIX ? [await readAllClosed(table, thread_id)] : await closedOf(table, thread_id, items);
  const exists = (item: Item): boolean => !isForeign(item) || !closed.some((known) => known.isUndone(runOf(item)));
  const counting = items.filter(exists);
  if (counting.every((item) => isStamped(item, closed))) return counting;
  // A missing stamp may have come between the two reads. None comes after the record, so a second read is final.
  const again = (await queryAll(table, range)).filter(exists);
  const isSealed = (item: Item): boolean => stampFor(item, closed) > 0;
  return [
    ...counting.filter((item) => !isSealed(item)),
    ...again.filter((item) => isSealed(item) && isStamped(item, closed)),
  ];
}

/** The records of the runs that wrote these items: for one checkpoint that is a run or two. */
function closedOf(table: Table, thread_id: string, items: readonly Item[]): Promise<ClosedClaims[]> {
  const runs = new Set(items.map(runOf).filter((run) => run >= 0));
  return Promise.all([...runs].map((run) => readClosedOf(table, thread_id, run)));
}

/** The id in `W#<ns>#<checkpoint>#…`. A hashed id has lost its order, so it counts as later than all others. */
function checkpointOf({ sk }: Item): string {
  const [, , id = ""] = sk.split("#");
  return id.startsWith(HASHED) ? AFTER_ALL : unescape(id);
}

const AFTER_ALL = "\uffff";

/** A write to a checkpoint of another run. */
const isForeign = ({ o }: Item): boolean => o === true;

/** The stamp that the item needs in order to exist, 0 = none. */
function stampFor(item: Item, closed: readonly ClosedClaims[]): number {
  const claim = claimOf(item["c"]);
  return claim ? Math.max(0, ...closed.map((known) => known.stampFor(claim, checkpointOf(item)))) : 0;
}

const isStamped = (item: Item, closed: readonly ClosedClaims[]): boolean =>
  Number(item["z"] ?? 0) >= stampFor(item, closed);

/** The run that wrote an item, by its first slot; -1 for items of no claim. */
export const runOf = ({ c }: Item): number => claimOf(c)?.log_start ?? -1;
