/** Removes older checkpoints of a thread, then the values that nothing refers to any more. */
import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import { attemptWrite } from "../table/attempt-write.ts";
import { writtenUntil } from "../table/conditions.ts";
import { queryAll, queryPages, type Table, writeBatch } from "../table/item-batches.ts";
import { checkpointsKey, HEAD_PREFIX, SEGMENT_PREFIX, WRITES_PREFIX, writesPrefix } from "../table/keys.ts";
import { fieldOf } from "../table/read-fields.ts";
import { conditional } from "../table/update-expression.ts";
import { readAllClosed } from "./closed-claims.ts";
import { decodeRawHead, type RawHead, toRawHead } from "./heads.ts";
import type { Stored } from "./items.ts";
import { DELETES_AT_ONCE } from "./limits.ts";
import { isReference, type Reference, type Segments } from "./segments.ts";
import { storedIn } from "./writes.ts";

/** LangGraph writes it in the metadata of heads that keep differences: they are read together with the ones before them. */
const DELTA_COUNTERS = "counters_since_delta_snapshot";

export async function removeOlder(table: Table, segments: Segments, thread_id: string): Promise<void> {
  const pk = checkpointsKey(thread_id);
  const heads = (await queryAll(table, { pk, prefix: HEAD_PREFIX })).map(toRawHead);
  const closed = await readAllClosed(table, thread_id);
  for (const [, all] of Map.groupBy(heads, ({ ns }) => ns)) {
    const newest = all
      .filter((head) => closed.of(head) !== "hidden")
      .toSorted(byId)
      .at(-1);
    if (!newest) continue;
    const { metadata } = await decodeRawHead(segments, thread_id, newest);
    if (metadata[DELTA_COUNTERS] !== undefined) continue;
    const older = all.filter(({ checkpoint_id }) => checkpoint_id < newest.checkpoint_id);
    await writeBatch(
      table,
      older.map(({ item: { sk } }) => ({ remove: { pk, sk } })),
    );
    for (const { ns, checkpoint_id } of older) await removeWrites(table, pk, writesPrefix(ns, checkpoint_id));
  }
}

const byId = (a: RawHead, b: RawHead): number => (a.checkpoint_id < b.checkpoint_id ? -1 : 1);

async function removeWrites(table: Table, pk: string, prefix: string): Promise<void> {
  const items = await queryAll(table, { pk, prefix, only: "pk, sk" });
  await writeBatch(
    table,
    items.map(({ sk }) => ({ remove: { pk, sk } })),
  );
}

/** Each segment goes on a condition: a new run may write the very one that nothing refers to now. */
export async function removeUnreferenced(
  table: Table,
  segments: Segments,
  thread_id: string,
  slot: number,
): Promise<void> {
  const pk = checkpointsKey(thread_id);
  const used = await segmentsInUse(table, segments, thread_id);
  for await (const page of queryPages(table, { pk, prefix: SEGMENT_PREFIX, only: "pk, sk", limit: DELETES_AT_ONCE }))
    await Promise.all(
      page
        .filter(({ sk }) => !used.has(sk.slice(SEGMENT_PREFIX.length)))
        .map(({ sk }) => {
          const request = { TableName: table.table, Key: { pk, sk }, ...conditional(writtenUntil(slot)) };
          return attemptWrite(table.clock, () => table.client.send(new DeleteCommand(request)));
        }),
    );
}

async function segmentsInUse(table: Table, segments: Segments, thread_id: string): Promise<Set<string>> {
  const pk = checkpointsKey(thread_id);
  const used = new Set<string>();
  const use = ([, ...hashes]: Reference): void => hashes.forEach((hash) => used.add(hash));
  const useStored = (stored: Stored): void => ("reference" in stored ? use(stored.reference) : undefined);
  for (const head of (await queryAll(table, { pk, prefix: HEAD_PREFIX })).map(toRawHead)) {
    if (head.item["h"] !== undefined) use(fieldOf(head.item, "h", isReference));
    const { channels } = await decodeRawHead(segments, thread_id, head);
    for (const [, stored] of channels) useStored(stored);
  }
  for (const item of await queryAll(table, { pk, prefix: WRITES_PREFIX })) storedIn(item).forEach(useStored);
  return used;
}
