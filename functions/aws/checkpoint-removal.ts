/** Deletes checkpoints: of a whole thread, or what the claims of one run wrote. Must run after the run was fenced, never before. */
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { queryPages, type Range, type Table, writeBatch } from "./checkpoint-batches.ts";
import { readAllClosed, removedItem } from "./checkpoint-closed.ts";
import { checkpointsKey, HEAD_PREFIX, removedKey, WRITES_PREFIX } from "./keys.ts";

/**
 * Leaves one record for a worker that has lost its claim and does not know yet: what it still puts does not exist for readers. Heads
 * go first, so that a half done removal shows no head without its segments. `now` in ms.
 */
export async function removeThread(table: Table, thread_id: string, now: number): Promise<void> {
  const { greatestRun } = await readAllClosed(table, thread_id);
  if (greatestRun >= 0) {
    const Item = removedItem(thread_id, greatestRun, now);
    await table.client.send(new PutCommand({ TableName: table.table, Item }));
  }
  const pk = checkpointsKey(thread_id);
  await removeRange(table, { pk, prefix: HEAD_PREFIX });
  for (const prefix of [WRITES_PREFIX, "S#", "E#"]) await removeRange(table, { pk, prefix });
}

/** Segments stay: other heads of the thread may share them. So does the record that closes the claims. */
export async function removeRun(table: Table, thread_id: string, log_start: number): Promise<void> {
  const pk = checkpointsKey(thread_id);
  const claim = `${log_start}.`;
  await removeRange(table, { pk, prefix: HEAD_PREFIX, claim });
  await removeRange(table, { pk, prefix: WRITES_PREFIX, claim });
}

async function removeRange(table: Table, range: Range): Promise<void> {
  const kept = removedKey("").sk;
  for await (const page of queryPages(table, { ...range, only: "pk, sk" })) {
    await writeBatch(
      table,
      page.filter(({ sk }) => sk !== kept).map(({ pk, sk }) => ({ remove: { pk, sk } })),
    );
  }
}
