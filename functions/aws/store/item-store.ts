/**
 * The port ItemStore on DynamoDB: items whose namespaces share two labels are one partition; a list of namespaces serves broader searches.
 * There is no vector index: a search by similarity compares all items below its prefix.
 */
import { DeleteCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { PART_BYTES } from "../../core/checkpoint/limits.ts";
import { pack, unpack } from "../../core/log/slot-payload.ts";
import type { ItemStore, NamespaceQuery, StoredItem } from "../../core/store/store-port.ts";
import type { JsonObject } from "../../protocol/json.ts";
import { type Item, queryAll, queryPages, type Table } from "../table/item-batches.ts";
import {
  itemKey,
  itemKeyBytes,
  itemPartition,
  itemPrefix,
  namespaceKey,
  rootKey,
  rootPartitions,
  SORT_KEY_BYTES,
} from "../table/keys.ts";
import { KNOWN_NAMESPACES, USED_PAGE } from "../table/limits.ts";
import { attemptWrite } from "../table/attempt-write.ts";
import { rankItems } from "../../core/store/rank-items.ts";
import { TooLarge } from "../../core/json/size-limits.ts";
import { expiryOf, isLive, refreshItem, writeItem } from "./item-expiry.ts";
import { packVectors, vectorsOf } from "./item-vectors.ts";
import { decodeField, fieldOf, isObject, isText, isTexts, parseField } from "../table/read-fields.ts";
import { readItem } from "../table/read-item.ts";
import { matchesFilter, matchesNamespace } from "./match-items.ts";

export function createItemStore(options: Table): ItemStore {
  const { client, table, clock } = options;
  const registered = new Set<string>();

  /** Before the first item of a namespace: an item that no listing finds would be worse than a namespace without items. */
  async function register(namespace: readonly string[]): Promise<void> {
    const own = namespaceKey(namespace);
    if (registered.has(own.sk)) return;
    const [first = ""] = namespace;
    await Promise.all([
      client.send(new PutCommand({ TableName: table, Item: { ...own, sn: JSON.stringify(namespace) } })),
      client.send(new PutCommand({ TableName: table, Item: { ...rootKey(first), sn: JSON.stringify([first]) } })),
    ]);
    if (registered.size >= KNOWN_NAMESPACES) registered.clear();
    registered.add(own.sk);
  }

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
      await register(namespace);
      const now = clock.now();
      const set = {
        ua: new Date(now).toISOString(),
        d: data,
        sn: JSON.stringify(namespace),
        ik: key,
        ...(packed.length > 0 && { v: packed, vn: vectors.length }),
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

    async search({ prefix, filter, limit, offset, near, refresh = false }) {
      checkAddress(prefix);
      const candidates = (await itemsBelow(options, prefix))
        .map((item) => ({ row: item, item: toStored(item), vectors: near ? vectorsOf(item) : [] }))
        .filter(({ item }) => !filter || matchesFilter(item.value, filter))
        .toSorted((one, other) => (one.item.updated_at < other.item.updated_at ? 1 : -1));
      const inOrder = near ? rankItems(candidates, near) : candidates.map(({ item }) => item);
      const found = inOrder.slice(offset, offset + limit);
      if (refresh) {
        const rows = new Map(candidates.map(({ row, item }) => [addressOf(item), row]));
        const stale = found.flatMap((item) => rows.get(addressOf(item)) ?? []);
        await Promise.all(stale.map((row) => refreshItem(options, row)));
      }
      return found;
    },

    namespaces: (query) => listNamespaces(options, query),
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

async function itemsBelow(table: Table, prefix: readonly string[]): Promise<Item[]> {
  const isBelow = { kind: "prefix" as const, path: prefix };
  const namespaces = prefix.length >= 2 ? [prefix] : await namespacesBelow(table, prefix);
  const partitions = new Map(namespaces.map((namespace) => [itemPartition(namespace), namespace]));
  const items = await Promise.all(
    [...partitions.keys()].map((pk) => queryAll(table, { pk, prefix: itemPrefix(prefix) })),
  );
  return items.flat().filter((item) => isLive(item, table.clock.now()) && matchesNamespace(namespaceOf(item), isBelow));
}

/** Registered namespaces; some may have no items any more. */
async function namespacesBelow(table: Table, prefix: readonly string[]): Promise<string[][]> {
  const [first] = prefix;
  const roots = first === undefined ? await rootLabels(table) : [first];
  const items = await Promise.all(
    roots.map((root) => queryAll(table, { pk: namespaceKey([root]).pk, prefix: "", only: "sn" })),
  );
  return items.flat().map(namespaceOf);
}

async function rootLabels(table: Table): Promise<string[]> {
  const items = await Promise.all(rootPartitions().map((pk) => queryAll(table, { pk, prefix: "", only: "sn" })));
  return items.flat().flatMap(namespaceOf);
}

async function listNamespaces(table: Table, query: NamespaceQuery): Promise<string[][]> {
  const { matches, max_depth = Infinity, limit, offset } = query;
  const fixed = matches.find(({ kind, path }) => kind === "prefix" && path[0] !== undefined && path[0] !== "*");
  const all = await namespacesBelow(table, fixed?.path.slice(0, 1) ?? []);
  const wanted = all.filter((namespace) => matches.every((match) => matchesNamespace(namespace, match)));
  const used = await Promise.all(
    wanted.map(async (namespace) => ((await isUsed(table, namespace)) ? [namespace] : [])),
  );
  const cut = used.flat().map((namespace): [string, string[]] => {
    const labels = namespace.slice(0, max_depth);
    return [labels.join("\0"), labels];
  });
  const inOrder = [...new Map(cut)].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return inOrder.slice(offset, offset + limit).map(([, labels]) => labels);
}

async function isUsed(table: Table, namespace: readonly string[]): Promise<boolean> {
  const range = { pk: itemPartition(namespace), prefix: `${itemPrefix(namespace)}#`, limit: USED_PAGE, only: "sk, xs" };
  const now = table.clock.now();
  for await (const page of queryPages(table, range)) if (page.some((item) => isLive(item, now))) return true;
  return false;
}

const namespaceOf = (item: Item): string[] => parseField(item, "sn", isTexts);

/** @throws Impossible if the item does not fit */
const toStored = (item: Item): StoredItem => ({
  namespace: namespaceOf(item),
  key: fieldOf(item, "ik", isText),
  value: decodeField(item, "d", decodeValue),
  created_at: fieldOf(item, "ca", isText),
  updated_at: fieldOf(item, "ua", isText),
});

function decodeValue(bytes: Uint8Array): JsonObject {
  const value: unknown = JSON.parse(unpack(bytes).toString());
  if (!isObject(value)) throw new Error("not the value of a store item");
  return value;
}
