/**
 * Searches by DynamoDB's vector index. The index names the nearest items of a partition; which of them are found, in what order and with
 * which score, is decided by the items themselves, as where all of them are compared.
 */
import { SearchVectorsCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { Impossible } from "../../core/failure/failure.ts";
import { attemptWrite } from "../table/attempt-write.ts";
import { type Item, readBatch, type Table } from "../table/item-batches.ts";
import { itemPartition, type Key, labelFilters } from "../table/keys.ts";
import { INDEXED_AT_ONCE, NEAREST, NEAREST_MORE } from "../table/limits.ts";
import { vectorIndexOf } from "../table/table.ts";
import { ITEM_FIELDS, vectorsOf } from "./item-vectors.ts";
import { type Indexable, type Namespaces, namespaceOf } from "./namespaces.ts";

/** Digits that tell all 32-bit floats apart; more would only take more room. */
const DIGITS = 9;

/** What a namespace with such vectors is registered as; undefined without any. */
export function indexable(vectors: readonly Float32Array[]): Indexable | undefined {
  const [only, ...more] = vectors;
  if (!only) return undefined;
  return more.length > 0 || !hasDirection(only) ? "never" : only.length;
}

/** One without is similar to nothing. */
const hasDirection = (vector: Float32Array): boolean => vector.some((number) => number !== 0);

/**
 * Attributes by which the index has an item; none if it cannot. The largest item with the longest vector stays within DynamoDB's 400 KB.
 * @param updated_at of the item with these vectors
 */
export function indexFields(
  namespace: readonly string[],
  vectors: readonly Float32Array[],
  updated_at: string,
): Record<string, unknown> {
  const [vector] = vectors;
  const dims = indexable(vectors);
  if (!vector || dims === undefined || dims === "never") return {};
  return {
    [vectorIndexOf(dims).vector]: Array.from(vector, (number) => Number(number.toPrecision(DIGITS))),
    xa: versionOf(dims, updated_at),
    ...labelFilters(namespace),
  };
}

/** Where it differs, the item was changed while the table had no index, or another one: the vector in the index is an old one. */
const versionOf = (dims: number, updated_at: unknown): string => `${dims} ${String(updated_at)}`;

interface NearSearch<T> {
  prefix: readonly string[];
  near: Float32Array;
  /** How many of the nearest are asked for, those of earlier pages included. */
  wanted: number;
  /** Those of some items that the search means. */
  pick: (rows: readonly Item[]) => T[];
}

/** Found, or namespaces of which the index may lack some vectors; none of them if it cannot answer for other reasons. */
export type Nearest<T> = { kind: "found"; found: T[] } | { kind: "unknown"; lacking: string[][] };

/**
 * Unknown for a prefix of less than two labels (the index has a partition for each two), for more than DynamoDB gives, for fewer found than
 * wanted (what has no vector comes last), and while the index is being made.
 */
export async function findNearest<T>(table: Table, namespaces: Namespaces, search: NearSearch<T>): Promise<Nearest<T>> {
  const { prefix, near, wanted, pick } = search;
  if (prefix.length < 2 || wanted > NEAREST || !hasDirection(near)) return { kind: "unknown", lacking: [] };
  const [below, keys] = await Promise.all([namespaces.below(prefix), nearestKeys(table, prefix, near)]);
  if (below.some(({ indexed }) => indexed !== near.length))
    return {
      kind: "unknown",
      lacking: below
        .filter(({ indexed }) => indexed !== near.length && indexed !== "never")
        .map(({ namespace }) => namespace),
    };
  const found: T[] = [];
  for (let at = 0, size = wanted; found.length < wanted && at < keys.length; at += size, size = NEAREST_MORE)
    found.push(...pick(await readBatch(table, keys.slice(at, at + size), true, ITEM_FIELDS)));
  return found.length < wanted ? { kind: "unknown", lacking: [] } : { kind: "found", found };
}

/** The nearest first. None while the index is being made. */
async function nearestKeys({ client, table }: Table, prefix: readonly string[], near: Float32Array): Promise<Key[]> {
  const filters = Object.entries(labelFilters(prefix));
  const command = new SearchVectorsCommand({
    TableName: table,
    IndexName: vectorIndexOf(near.length).name,
    SearchVector: Array.from(near),
    TopK: NEAREST,
    SearchConditionExpression: ["pk = :pk", ...filters.map(([name]) => `${name} = :${name}`)].join(" AND "),
    ExpressionAttributeValues: {
      ":pk": itemPartition(prefix),
      ...Object.fromEntries(filters.map(([name, label]) => [`:${name}`, label])),
    },
    ProjectionExpression: "pk, sk",
  });
  try {
    const { SearchResults = [] } = await client.send(command);
    return SearchResults.map(({ Item }) => Item as Key);
  } catch (error) {
    if (isBeingMade(error)) return [];
    throw error;
  }
}

/** Also said for some time after the table calls the index active: it is searched at another endpoint. */
const isBeingMade = (error: unknown): boolean =>
  error instanceof Impossible &&
  error.cause instanceof Error &&
  /backfilling vector index|not have the specified index/.test(error.cause.message);

/**
 * Brings vectors into the index that were put without it, some with each search.
 * @param rows the items that the search has read: all of those namespaces
 */
export async function fillIndex(
  table: Table,
  namespaces: Namespaces,
  { lacking, rows, dims }: { lacking: string[][]; rows: readonly Item[]; dims: number },
): Promise<void> {
  const byNamespace = Map.groupBy(rows, ({ sn }) => sn);
  let left = INDEXED_AT_ONCE;
  for (const namespace of lacking) {
    const own = (byNamespace.get(JSON.stringify(namespace)) ?? []).filter((row) => vectorsOf(row)[0]?.length === dims);
    if (own.some((row) => indexable(vectorsOf(row)) === "never")) continue;
    const missing = own.filter(({ xa, ua }) => xa !== versionOf(dims, ua));
    const some = missing.slice(0, left);
    left -= some.length;
    await Promise.all(some.map((row) => indexItem(table, row)));
    if (some.length === missing.length) await namespaces.markIndexed(namespace, dims);
  }
}

/** An item that was put again meanwhile has its new vector in the index; one that was removed needs none. */
async function indexItem({ client, table, clock }: Table, row: Item): Promise<void> {
  const { pk, sk, ua } = row;
  const fields = indexFields(namespaceOf(row), vectorsOf(row), String(ua));
  await attemptWrite(clock, () =>
    client.send(
      new UpdateCommand({
        TableName: table,
        Key: { pk, sk },
        UpdateExpression: `SET ${Object.keys(fields)
          .map((name) => `${name} = :${name}`)
          .join(", ")}`,
        ConditionExpression: "ua = :ua",
        ExpressionAttributeValues: {
          ":ua": ua,
          ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [`:${name}`, value])),
        },
      }),
    ),
  );
}
