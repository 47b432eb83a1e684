/**
 * The port ItemStore on DynamoDB: items whose namespaces share two labels are one partition. A search by similarity compares all items
 * below its prefix, unless the table has a vector index that answers it.
 */
import { DeleteCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { PART_BYTES } from "../../core/checkpoint/limits.ts";
import { TooLarge } from "../../core/json/size-limits.ts";
import { pack, unpack } from "../../core/log/slot-payload.ts";
import { rankItems } from "../../core/store/rank-items.ts";
import type { ItemSearch, ItemStore, StoredItem } from "../../core/store/store-port.ts";
import type { Json } from "../../protocol/json.ts";
import { attemptWrite } from "../table/attempt-write.ts";
import { type Item, queryAll, type Table } from "../table/item-batches.ts";
import { itemKey, itemKeyBytes, itemPartition, itemPrefix, SORT_KEY_BYTES } from "../table/keys.ts";
import { decodeField, fieldOf, isText } from "../table/read-fields.ts";
import { readItem } from "../table/read-item.ts";
import { expiryOf, isLive, refreshItem, writeItem } from "./item-expiry.ts";
import { ITEM_FIELDS, packVectors, vectorsOf } from "./item-vectors.ts";
import { matchesFilter, matchesNamespace } from "./match-items.ts";
import { createNamespaces, namespaceOf, type Namespaces } from "./namespaces.ts";
import { fillIndex, findNearest, indexable, indexFields } from "./vector-index.ts";

/** @param options.vectorIndex whether the table has the vector index of the project's vectors */
export function createItemStore(options: Table & { vectorIndex?: boolean }): ItemStore {
  const { client, table, clock, vectorIndex = false } = options;
  const namespaces = createNamespaces(options, { vectorIndex });

  return {
    async get(namespace, key, { refresh = false } = {}) {
      checkAddress(namespace, key);
      const found = await readItem(options, itemKey(namespace, key));
      const item = found && isLive(found, clock.now()) ? found : undefined;
      if (item && refresh) await refreshItem(options, item);
      return item && toStored(item);
    },

    async put(namespace, key, value, { ttl_minutes, vectors = [] } = {}) {
      checkAddress(namespace, key);
      const data = pack(Buffer.from(JSON.stringify(value)));
      const packed = packVectors(vectors);
      const size = data.length + packed.length;
      if (size > PART_BYTES)
        throw new TooLarge(
          `A store item must not be larger than ${PART_BYTES} bytes, compressed and with its vectors: ${size} bytes.`,
        );
      await namespaces.register(namespace, indexable(vectors));
      const now = clock.now();
      const ua = new Date(now).toISOString();
      const set = {
        ua,
        d: data,
        sn: JSON.stringify(namespace),
        ik: key,
        ...(packed.length > 0 && { v: packed, vn: vectors.length }),
        ...(vectorIndex && indexFields(namespace, vectors, ua)),
        ...(ttl_minutes !== undefined && expiryOf(ttl_minutes, now)),
      };
      const attempt = await attemptWrite(clock, () =>
        client.send(new UpdateCommand({ TableName: table, Key: itemKey(namespace, key), ...writeItem(set, now) })),
      );
      // What has expired and is still there has no part in the new item.
      if (attempt.kind === "refused")
        await client.send(
          new PutCommand({ TableName: table, Item: { ...itemKey(namespace, key), ...set, ca: set.ua } }),
        );
    },

    async remove(namespace, key) {
      checkAddress(namespace, key);
      await client.send(new DeleteCommand({ TableName: table, Key: itemKey(namespace, key) }));
    },

    async search(search) {
      const { prefix, limit, offset, near, refresh = false } = search;
      checkAddress(prefix);
      const candidates = await candidatesFor(options, namespaces, search);
      const byDate = candidates.toSorted((one, other) => (one.item.updated_at < other.item.updated_at ? 1 : -1));
      const inOrder = near ? rankItems(byDate, near) : byDate.map(({ item }) => item);
      const found = inOrder.slice(offset, offset + limit);
      if (refresh) {
        const rows = new Map(candidates.map(({ row, item }) => [addressOf(item), row]));
        const stale = found.flatMap((item) => rows.get(addressOf(item)) ?? []);
        await Promise.all(stale.map((row) => refreshItem(options, row)));
      }
      return found;
    },

    namespaces: (query) => namespaces.list(query),
  };
}

/** Long labels are hashed in keys; only many of them can be too long. @throws TooLarge */
function checkAddress(namespace: readonly string[], key = ""): void {
  const bytes = itemKeyBytes(namespace, key);
  if (bytes > SORT_KEY_BYTES)
    throw new TooLarge(
      `namespace: its labels and the key must not have more than ${SORT_KEY_BYTES} bytes together: ${bytes} bytes`,
    );
}

const addressOf = ({ namespace, key }: Pick<StoredItem, "namespace" | "key">): string =>
  JSON.stringify([...namespace, key]);

interface Candidate {
  row: Item;
  item: StoredItem;
  vectors: Float32Array[];
}

/** All items that a search means; where the vector index answers, only the nearest, at least as many as are asked for. */
async function candidatesFor(
  table: Table & { vectorIndex?: boolean },
  namespaces: Namespaces,
  { prefix, filter, limit, offset, near }: ItemSearch,
): Promise<Candidate[]> {
  const pick = (rows: readonly Item[]): Candidate[] =>
    rows
      .filter((row) => isLive(row, table.clock.now()))
      .filter((row) => matchesNamespace(namespaceOf(row), { kind: "prefix", path: prefix }))
      .map((row) => ({ row, item: toStored(row), vectors: near ? vectorsOf(row) : [] }))
      .filter(({ item }) => !filter || matchesFilter(item.value, filter));
  const all = (): Promise<Item[]> => itemsBelow(table, namespaces, prefix);
  if (!near || !table.vectorIndex) return pick(await all());

  const isComparable = ({ vectors }: Candidate): boolean => vectors.some(({ length }) => length === near.length);
  const nearest = await findNearest(table, namespaces, {
    prefix,
    near,
    wanted: offset + limit,
    pick: (rows) => pick(rows).filter(isComparable),
  });
  if (nearest.kind === "found") return nearest.found;
  const rows = await all();
  await fillIndex(table, namespaces, { lacking: nearest.lacking, rows, dims: near.length });
  return pick(rows);
}

async function itemsBelow(table: Table, namespaces: Namespaces, prefix: readonly string[]): Promise<Item[]> {
  const partitions = prefix.length >= 2 ? [prefix] : (await namespaces.below(prefix)).map(({ namespace }) => namespace);
  const items = await Promise.all(
    [...new Set(partitions.map(itemPartition))].map((pk) =>
      queryAll(table, { pk, prefix: itemPrefix(prefix), only: ITEM_FIELDS }),
    ),
  );
  return items.flat();
}

/** @throws Impossible if the item does not fit */
const toStored = (item: Item): StoredItem => ({
  namespace: namespaceOf(item),
  key: fieldOf(item, "ik", isText),
  value: decodeField(item, "d", decodeValue),
  created_at: fieldOf(item, "ca", isText),
  updated_at: fieldOf(item, "ua", isText),
});

/** Any JSON: the API takes objects alone, but a graph may put a text, as in LangGraph's own stores. */
const decodeValue = (bytes: Uint8Array): Json => JSON.parse(unpack(bytes).toString()) as Json;
