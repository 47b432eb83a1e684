/**
 * The port ItemStore on DynamoDB: items whose namespaces share two labels are one partition; a list of namespaces serves broader searches.
 * There is no vector index, so it cannot rank by a query.
 */
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { PART_BYTES } from "../../core/checkpoint/limits.ts";
import { pack, unpack } from "../../core/log/slot-payload.ts";
import type { ItemStore, NamespaceQuery, StoredItem } from "../../core/store/store-port.ts";
import type { JsonObject } from "../../protocol/json.ts";
import { type Item, queryAll, queryPage, type Table } from "../table/item-batches.ts";
import { itemKey, itemPartition, itemPrefix, namespaceKey, rootKey, rootPartitions } from "../table/keys.ts";
import { KNOWN_NAMESPACES } from "../table/limits.ts";
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
    async get(namespace, key) {
      const command = new GetCommand({ TableName: table, Key: itemKey(namespace, key), ConsistentRead: true });
      const { Item } = await client.send(command);
      return Item && toStored(Item as Item);
    },

    async put(namespace, key, value) {
      const data = pack(Buffer.from(JSON.stringify(value)));
      if (data.length > PART_BYTES)
        throw new Error(`A store item must not be larger than ${PART_BYTES} bytes compressed: ${data.length} bytes.`);
      await register(namespace);
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key: itemKey(namespace, key),
          UpdateExpression: "SET ca = if_not_exists(ca, :now), ua = :now, d = :d, sn = :sn, ik = :ik",
          ExpressionAttributeValues: {
            ":now": new Date(clock.now()).toISOString(),
            ":d": data,
            ":sn": JSON.stringify(namespace),
            ":ik": key,
          },
        }),
      );
    },

    async remove(namespace, key) {
      await client.send(new DeleteCommand({ TableName: table, Key: itemKey(namespace, key) }));
    },

    async search({ prefix, filter, limit, offset }) {
      const found = (await itemsBelow(options, prefix)).filter(({ value }) => !filter || matchesFilter(value, filter));
      const newestFirst = found.toSorted((one, other) => (one.updated_at < other.updated_at ? 1 : -1));
      return newestFirst.slice(offset, offset + limit);
    },

    namespaces: (query) => listNamespaces(options, query),
  };
}

async function itemsBelow(table: Table, prefix: readonly string[]): Promise<StoredItem[]> {
  const isBelow = { kind: "prefix" as const, path: prefix };
  const namespaces = prefix.length >= 2 ? [prefix] : await namespacesBelow(table, prefix);
  const partitions = new Map(namespaces.map((namespace) => [itemPartition(namespace), namespace]));
  const items = await Promise.all(
    [...partitions.keys()].map((pk) => queryAll(table, { pk, prefix: itemPrefix(prefix) })),
  );
  return items
    .flat()
    .map(toStored)
    .filter(({ namespace }) => matchesNamespace(namespace, isBelow));
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
  const range = { pk: itemPartition(namespace), prefix: `${itemPrefix(namespace)}#`, limit: 1, only: "sk" };
  return (await queryPage(table, range)).items.length > 0;
}

const namespaceOf = (item: Item): string[] => JSON.parse(String(item["sn"])) as string[];

function toStored(item: Item): StoredItem {
  const { d, ik, ca, ua } = item;
  if (!(d instanceof Uint8Array)) throw new Error("a store item has no value");
  return {
    namespace: namespaceOf(item),
    key: String(ik),
    value: JSON.parse(unpack(d).toString()) as JsonObject,
    created_at: String(ca),
    updated_at: String(ua),
  };
}
