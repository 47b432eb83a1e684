/** Many items at once: pages of a query, and batches, of which the unprocessed part is tried again. */
import { BatchGetCommand, BatchWriteCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { Unclear } from "../../core/failure/failure.ts";
import { RETENTION } from "../../core/log/timings.ts";
import type { Clock } from "../../core/ports.ts";
import { startTries, UNDONE_BATCH } from "../../core/failure/retry.ts";
import { expiry } from "./expiry.ts";
import type { Key } from "./keys.ts";
import type { TableClient } from "./table-client.ts";

export interface Table {
  client: Pick<TableClient, "send">;
  table: string;
  clock: Clock;
  /** ms that the log is kept; default RETENTION. */
  retentionMs?: number;
}

/** `ttl` of what belongs to a temporary thread: some time after its log. */
export const ttlOf = ({ clock, retentionMs = RETENTION }: Table, { temporary }: { temporary?: boolean }) =>
  temporary ? { ttl: expiry(clock.now(), retentionMs) } : {};

export type Item = Record<string, unknown> & Key;

const WRITES = 25;
const READS = 100;

export interface Range {
  pk: string;
  /** What sort keys begin with; not empty together with `before` … */
  prefix: string;
  /** … and come before this one. */
  before?: string;
  newestFirst?: boolean;
  consistent?: boolean;
  limit?: number;
  /** Attributes to return, comma-separated; all if absent. */
  only?: string;
  /** Only items whose claim (attribute `c`) begins with this; the others cost read units all the same. */
  claim?: string;
}

export interface Page {
  items: Item[];
  /** There is more: go on with this. */
  next?: Record<string, unknown>;
}

export async function queryPage({ client, table }: Table, range: Range, from?: Record<string, unknown>): Promise<Page> {
  const { prefix, before, claim } = range;
  const { Items = [], LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: [
        "pk = :pk",
        // DynamoDB refuses an empty text for a key, also as a prefix.
        ...(before !== undefined ? ["sk BETWEEN :sk AND :end"] : prefix !== "" ? ["begins_with(sk, :sk)"] : []),
      ].join(" AND "),
      ExpressionAttributeValues: {
        ":pk": range.pk,
        ...(prefix !== "" && { ":sk": prefix }),
        ...(before !== undefined && { ":end": before }),
        ...(claim !== undefined && { ":c": claim }),
      },
      ConsistentRead: range.consistent ?? true,
      ScanIndexForward: !range.newestFirst,
      ...(range.limit !== undefined && { Limit: range.limit }),
      ...(range.only !== undefined && { ProjectionExpression: range.only }),
      ...(claim !== undefined && { FilterExpression: "begins_with(c, :c)" }),
      ...(from && { ExclusiveStartKey: from }),
    }),
  );
  const items = Items as Item[];
  return {
    items: before === undefined ? items : items.filter(({ sk }) => sk !== before),
    ...(LastEvaluatedKey && { next: LastEvaluatedKey }),
  };
}

export async function* queryPages(table: Table, range: Range): AsyncGenerator<Item[]> {
  let from: Record<string, unknown> | undefined;
  do {
    const page: Page = await queryPage(table, range, from);
    yield page.items;
    from = page.next;
  } while (from);
}

export async function queryAll(table: Table, range: Range): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of queryPages(table, range)) items.push(...page);
  return items;
}

export type Change = { put: Item } | { remove: Key };

/** Not atomic. @throws Unclear also when some changes stay undone */
export async function writeBatch({ client, table, clock }: Table, changes: readonly Change[]): Promise<void> {
  for (let at = 0; at < changes.length; at += WRITES) {
    let requests = changes
      .slice(at, at + WRITES)
      .map((change) =>
        "put" in change ? { PutRequest: { Item: change.put } } : { DeleteRequest: { Key: change.remove } },
      ) as Requests;
    let tries = startTries(UNDONE_BATCH, clock);
    while (requests.length) {
      const { UnprocessedItems } = await client.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
      const undone = UnprocessedItems?.[table] ?? [];
      if (undone.length < requests.length) tries = startTries(UNDONE_BATCH, clock);
      requests = undone;
      if (requests.length) await tries.again(undoneOf("writes"));
    }
  }
}

type Requests = NonNullable<NonNullable<BatchWriteCommand["input"]["RequestItems"]>[string]>;

/** In no order; keys that do not exist are left out. @param only attributes to return, comma-separated; all if absent */
export async function readBatch(
  { client, table, clock }: Table,
  keys: readonly Key[],
  consistent: boolean,
  only?: string,
): Promise<Item[]> {
  const items: Item[] = [];
  for (let at = 0; at < keys.length; at += READS) {
    let wanted: Record<string, unknown>[] = keys.slice(at, at + READS).map(({ pk, sk }) => ({ pk, sk }));
    let tries = startTries(UNDONE_BATCH, clock);
    while (wanted.length) {
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({
          RequestItems: {
            [table]: { Keys: wanted, ConsistentRead: consistent, ...(only && { ProjectionExpression: only }) },
          },
        }),
      );
      const got = (Responses?.[table] ?? []) as Item[];
      items.push(...got);
      wanted = UnprocessedKeys?.[table]?.Keys ?? [];
      // Something was read: the page was full of large items, so this is no throttling.
      if (got.length) tries = startTries(UNDONE_BATCH, clock);
      else if (wanted.length) await tries.again(undoneOf("reads"));
    }
  }
  return items;
}

const undoneOf = (what: string): Unclear => new Unclear(`DynamoDB leaves a part of a batch of ${what} undone`);
