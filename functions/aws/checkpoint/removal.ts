/** Deletes checkpoints: of a whole thread, or what the claims of one run wrote. Must not run before the run was fenced. */
import { DeleteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { attemptWrite } from "../table/attempt-write.ts";
import { writtenUntil } from "../table/conditions.ts";
import { type Item, queryPages, type Range, type Table, writeBatch } from "../table/item-batches.ts";
import {
  checkpointsKey,
  CLOSED_PREFIX,
  HEAD_PREFIX,
  removedKey,
  SEGMENT_PREFIX,
  WRITES_PREFIX,
} from "../table/keys.ts";
import { conditional } from "../table/update-expression.ts";
import { readAllClosed, removedItem } from "./closed-claims.ts";
import { claimOf } from "./items.ts";
import { DELETES_AT_ONCE } from "./limits.ts";

/**
 * Leaves one record, which hides what a worker that has lost its claim may still put. Heads go first, so that a removal that stops halfway
 * leaves no head without its segments.
 * @param now ms
 * @param until only what no claim wrote, or runs whose log begins at or before this slot: the id of a deleted thread may be in use again
 */
export async function removeThread(table: Table, thread_id: string, now: number, until = Infinity): Promise<void> {
  const { greatestRun, removedUntil } = await readAllClosed(table, thread_id);
  const below = until === Infinity ? greatestRun : Math.max(until, removedUntil);
  if (below > 0) {
    const Item = removedItem(thread_id, below, now);
    await table.client.send(new PutCommand({ TableName: table.table, Item }));
  }
  const pk = checkpointsKey(thread_id);
  const isOld = ({ log_start }: { log_start: number } = { log_start: 0 }): boolean => log_start <= until;
  for (const prefix of [HEAD_PREFIX, WRITES_PREFIX])
    await removeRange(table, { pk, prefix }, ({ c }) => isOld(claimOf(c)));
  await removeSegments(table, pk, until);
  await removeRange(table, { pk, prefix: CLOSED_PREFIX }, ({ sk }) => isOld(claimOf(sk.slice(CLOSED_PREFIX.length))));
}

/** Segments stay: other heads of the thread may share them. So does the record that closes the claims. */
export async function removeRun(table: Table, thread_id: string, log_start: number): Promise<void> {
  const pk = checkpointsKey(thread_id);
  const claim = `${log_start}.`;
  await removeRange(table, { pk, prefix: HEAD_PREFIX, claim });
  await removeRange(table, { pk, prefix: WRITES_PREFIX, claim });
}

async function removeRange(table: Table, range: Range, chosen: (item: Item) => boolean = () => true): Promise<void> {
  const kept = removedKey("").sk;
  for await (const page of queryPages(table, { ...range, only: "pk, sk, c" })) {
    await writeBatch(
      table,
      page.filter((item) => item.sk !== kept && chosen(item)).map(({ pk, sk }) => ({ remove: { pk, sk } })),
    );
  }
}

/** Segments are named by their content, so a new run may have written the same one: each is removed on a condition. */
async function removeSegments(table: Table, pk: string, until: number): Promise<void> {
  const range = { pk, prefix: SEGMENT_PREFIX };
  if (until === Infinity) return removeRange(table, range);
  for await (const page of queryPages(table, { ...range, only: "pk, sk", limit: DELETES_AT_ONCE }))
    await Promise.all(
      page.map(({ sk }) => {
        const request = { TableName: table.table, Key: { pk, sk }, ...conditional(writtenUntil(until)) };
        return attemptWrite(table.clock, () => table.client.send(new DeleteCommand(request)));
      }),
    );
}
