/**
 * The store's list of namespaces, for broad searches and listings. Where the table has a vector index, it also says which of them that
 * index has whole.
 */
import { PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { NamespaceQuery } from "../../core/store/store-port.ts";
import { attemptWrite } from "../table/attempt-write.ts";
import { type Item, queryAll, queryPages, type Table } from "../table/item-batches.ts";
import { itemPartition, itemPrefix, namespaceKey, rootKey, rootPartitions } from "../table/keys.ts";
import { KNOWN_NAMESPACES, USED_PAGE } from "../table/limits.ts";
import { isTexts, parseField } from "../table/read-fields.ts";
import { isLive } from "./item-expiry.ts";
import { matchesNamespace } from "./match-items.ts";

/** How many numbers vectors have that the index can take; or that it cannot take them. */
export type Indexable = number | "never";

/** "never" as the table has it: no vector has so many numbers. */
const NEVER = 0;
const stored = (indexed: Indexable): number => (indexed === "never" ? NEVER : indexed);

export interface KnownNamespace {
  namespace: string[];
  /**
   * Of vectors that the index has all of; undefined = it may lack some. "never": it cannot take all that were put, and a search that fills
   * it may not have seen those.
   */
  indexed: Indexable | undefined;
}

export interface Namespaces {
  /**
   * Before the first item of a namespace: an item that no listing finds would be worse than a namespace without items.
   * @param indexed of the item's vectors; undefined without any
   */
  register(namespace: readonly string[], indexed?: Indexable): Promise<void>;
  /** Of some there may be no items any more. */
  below(prefix: readonly string[]): Promise<KnownNamespace[]>;
  /** The index now has all vectors of this length. One that is not indexable stays so. */
  markIndexed(namespace: readonly string[], dims: number): Promise<void>;
  list(query: NamespaceQuery): Promise<string[][]>;
}

export function createNamespaces(options: Table, { vectorIndex }: { vectorIndex: boolean }): Namespaces {
  const { client, table, clock } = options;
  const registered = new Set<string>();
  const notIndexable = new Set<string>();

  async function put(namespace: readonly string[], indexed: Indexable | undefined): Promise<void> {
    const Item = { ...namespaceKey(namespace), sn: JSON.stringify(namespace) };
    // Without an index the entry forgets that one had all: it will lack what is put now.
    if (!vectorIndex) return void (await client.send(new PutCommand({ TableName: table, Item })));
    const ConditionExpression = "attribute_not_exists(pk)";
    const asNew = { TableName: table, Item: { ...Item, vx: indexed && stored(indexed) }, ConditionExpression };
    await attemptWrite(clock, () => client.send(new PutCommand(asNew)));
  }

  const mark = (namespace: readonly string[], indexed: Indexable) => {
    const update = {
      TableName: table,
      Key: namespaceKey(namespace),
      UpdateExpression: "SET vx = :vx",
      ConditionExpression: "attribute_exists(pk) AND (attribute_not_exists(vx) OR vx <> :never)",
      ExpressionAttributeValues: { ":vx": stored(indexed), ":never": NEVER },
    };
    return attemptWrite(clock, () => client.send(new UpdateCommand(update)));
  };
  const markNotIndexable = async (namespace: readonly string[]): Promise<void> => {
    const { sk } = namespaceKey(namespace);
    if (notIndexable.has(sk)) return;
    await mark(namespace, "never");
    remember(notIndexable, sk);
  };

  return {
    async register(namespace, indexed) {
      const { sk } = namespaceKey(namespace);
      const [first = ""] = namespace;
      if (!registered.has(sk)) {
        const root = { ...rootKey(first), sn: JSON.stringify([first]) };
        await Promise.all([put(namespace, indexed), client.send(new PutCommand({ TableName: table, Item: root }))]);
        remember(registered, sk);
      }
      if (indexed === "never") await markNotIndexable(namespace);
    },
    below: (prefix) => namespacesBelow(options, prefix),
    markIndexed: async (namespace, dims) => void (await mark(namespace, dims)),
    list: (query) => listNamespaces(options, query),
  };
}

function remember(known: Set<string>, sk: string): void {
  if (known.size >= KNOWN_NAMESPACES) known.clear();
  known.add(sk);
}

async function namespacesBelow(table: Table, prefix: readonly string[]): Promise<KnownNamespace[]> {
  const partitions =
    prefix.length > 0 ? [namespaceKey(prefix)] : (await rootLabels(table)).map((label) => namespaceKey([label]));
  const entries = await Promise.all(
    partitions.map(({ pk, sk }) => queryAll(table, { pk, prefix: sk, only: "sn, vx" })),
  );
  return entries
    .flat()
    .map((entry) => ({
      namespace: namespaceOf(entry),
      indexed: indexedIn(entry),
    }))
    .filter(({ namespace }) => matchesNamespace(namespace, { kind: "prefix", path: prefix }));
}

function indexedIn({ vx }: Item): Indexable | undefined {
  if (typeof vx !== "number") return undefined;
  return vx === NEVER ? "never" : vx;
}

async function rootLabels(table: Table): Promise<string[]> {
  const items = await Promise.all(rootPartitions().map((pk) => queryAll(table, { pk, prefix: "", only: "sn" })));
  return items.flat().flatMap(namespaceOf);
}

async function listNamespaces(table: Table, query: NamespaceQuery): Promise<string[][]> {
  const { matches, max_depth = Infinity, limit, offset } = query;
  const fixed = matches.find(({ kind, path }) => kind === "prefix" && path[0] !== undefined && path[0] !== "*");
  const all = (await namespacesBelow(table, fixed?.path.slice(0, 1) ?? [])).map(({ namespace }) => namespace);
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

export const namespaceOf = (item: Item): string[] => parseField(item, "sn", isTexts);
