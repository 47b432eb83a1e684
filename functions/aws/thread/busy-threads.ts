/**
 * Threads with an active run, most of which have no entry by update time. The index `by-due` has their runs, and their rows say the rest.
 * Must not filter by more than the owner.
 */
import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { DUE_WITHIN } from "../../core/run/timings.ts";
import { type Item, readBatch, type Table } from "../table/item-batches.ts";
import { type Attributes, RUN_PREFIX, threadIdOf, threadKey } from "../table/keys.ts";
import { DUE } from "../table/table.ts";
import { busyPartitions } from "./thread-indexes.ts";

/**
 * Looks before `meanwhile` and after it. A thread whose run begins or ends in between may be in neither index when each is read.
 * @param meanwhile reads the entries of threads at rest
 * @returns items of threads, some of which may be at rest again
 */
export async function readBusyThreads(
  table: Table,
  owner: string | undefined,
  meanwhile: () => Promise<void>,
): Promise<Item[]> {
  const before = await busyIds(table, owner);
  const [items] = await Promise.all([rowsOf(table, before), meanwhile()]);
  const begun = (await busyIds(table, owner)).filter((thread_id) => !before.includes(thread_id));
  return [...items, ...(await rowsOf(table, begun))];
}

const rowsOf = (table: Table, thread_ids: readonly string[]): Promise<Item[]> =>
  readBatch(table, thread_ids.map(threadKey), false);

async function busyIds(table: Table, owner: string | undefined): Promise<string[]> {
  const { shards, scope } = busyPartitions(owner);
  const found = await Promise.all(shards.map((shard) => busyIn(table, shard, scope)));
  return [...new Set(found.flat().map(threadIdOf))];
}

async function busyIn({ client, table, clock }: Table, shard: string, scope: string | undefined): Promise<Item[]> {
  const found: Item[] = [];
  let from: Attributes | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: DUE.name,
        KeyConditionExpression: "due_shard = :shard AND due <= :until",
        FilterExpression: scope === undefined ? "attribute_exists(busy_scope)" : "busy_scope = :scope",
        ExpressionAttributeValues: {
          ":shard": shard,
          ":until": clock.now() + DUE_WITHIN,
          ...(scope !== undefined && { ":scope": scope }),
        },
        ...(from && { ExclusiveStartKey: from }),
      }),
    );
    found.push(...(Items as Item[]));
    from = LastEvaluatedKey;
  } while (from);
  return found.filter(({ sk }) => sk.startsWith(RUN_PREFIX));
}
