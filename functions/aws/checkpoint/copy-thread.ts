/**
 * Copies the visible checkpoints of a thread to another thread. Claims are not copied: their numbers belong to the first thread's log and
 * would name other runs in the second.
 */
import { type Item, queryAll, queryPages, type Table, writeBatch } from "../table/item-batches.ts";
import { checkpointsKey, HEAD_PREFIX, SEGMENT_PREFIX, WRITES_PREFIX } from "../table/keys.ts";
import { readAllClosed } from "./closed-claims.ts";
import { toRawHead } from "./heads.ts";
import { countingWrites } from "./seals.ts";
import { itemsOf, mergeClaims } from "./writes.ts";

/** Heads go last: a copy that stops halfway shows nothing incomplete. */
export async function copyThread(table: Table, from: string, to: string): Promise<void> {
  const source = checkpointsKey(from);
  const pk = checkpointsKey(to);
  const heads = (await queryAll(table, { pk: source, prefix: HEAD_PREFIX })).map(toRawHead);
  const closed = await readAllClosed(table, from);
  const visible = heads.filter((head) => closed.of(head) !== "hidden");

  for await (const page of queryPages(table, { pk: source, prefix: SEGMENT_PREFIX })) {
    await writeBatch(
      table,
      page.map(({ l: _run, ...item }) => ({ put: { ...item, pk } })),
    );
  }
  const writes = await countingWrites(table, from);
  for (const [prefix, items] of Map.groupBy(writes, checkpointOf)) {
    const copies = mergeClaims(items).flatMap((task) => itemsOf({ thread_id: to, ns: "", checkpoint_id: "" }, task));
    // The key's prefix is copied as it is: hashed names in it cannot be computed again.
    await writeBatch(
      table,
      copies.map((item) => ({ put: { ...item, sk: prefix + item.sk.slice(EMPTY_PREFIX.length) } })),
    );
  }
  await writeBatch(
    table,
    visible.map(({ item: { c: _claim, ...item } }) => ({ put: { ...item, pk } })),
  );
}

const EMPTY_PREFIX = `${WRITES_PREFIX}##`;

/** `W#<ns>#<checkpoint>#` of a write's key. */
const checkpointOf = ({ sk }: Item): string => `${sk.split("#").slice(0, 3).join("#")}#`;
