/**
 * The table in memory: items with their latest versions, conditional writes, transactions with locks. Every call happens at one instant;
 * what a network does to it is `flaky-client.ts`. Must not know what the items mean, except for the one index that is read.
 */
import { DUE } from "../../functions/aws/table/table.ts";
import { assertUsed, type Item, type Names } from "./expression-tokens.ts";
import { fulfils, updated } from "./expressions.ts";

export interface Key {
  pk: string;
  sk: string;
}

export interface Write {
  kind: "Put" | "Update" | "Delete" | "ConditionCheck";
  key: Key;
  item?: Item;
  update?: string;
  condition?: string;
  names?: Names;
  values?: Item;
}

/** One item as a write found and left it; undefined = not there. */
export interface Change {
  at: number;
  key: Key;
  before: Item | undefined;
  after: Item | undefined;
  /** Actor that had sent the request. */
  by: string;
}

export type Refusal = "ConditionalCheckFailed" | "TransactionConflict";

export interface Query {
  IndexName?: string;
  KeyConditionExpression?: string;
  FilterExpression?: string;
  ProjectionExpression?: string;
  ExpressionAttributeNames?: Names;
  ExpressionAttributeValues?: Item;
  ScanIndexForward?: boolean;
  Limit?: number;
  ExclusiveStartKey?: Item;
}

export interface Page {
  Items: Item[];
  LastEvaluatedKey?: Item;
}

interface Partition {
  items: Map<string, Version[]>;
  /** Sort keys in order; made anew when one is added. */
  order: string[] | undefined;
}

interface Version {
  at: number;
  item: Item | undefined;
}

/** Bytes that DynamoDB takes in an item and returns in a page of a query. */
const ITEM_BYTES = 400 * 1_024;
const PAGE_BYTES = 1_024 * 1_024;

/** ms. Older versions are of no interest to any stale read. */
const KEPT = 2_000;

export class Table {
  /** Told of what has changed whenever no transaction is half done. */
  onChanges: (changes: Change[]) => void = () => undefined;
  readonly #partitions = new Map<string, Partition>();
  readonly #locks = new Set<string>();
  readonly #due = new Map<string, Key>();
  #fresh: Change[] = [];

  /** The newest version, or the one that was the newest at `asOf`. Not to be changed. */
  get({ pk, sk }: Key, asOf = Infinity): Item | undefined {
    return versionAt(this.#partitions.get(pk)?.items.get(sk), asOf);
  }

  /** Items of a partition in the order of their sort keys. */
  partition(pk: string, asOf = Infinity): Item[] {
    const partition = this.#partitions.get(pk);
    if (!partition) return [];
    partition.order ??= [...partition.items.keys()].toSorted();
    return partition.order.flatMap((sk) => present(versionAt(partition.items.get(sk), asOf)));
  }

  query(query: Query, asOf = Infinity): Page {
    const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = query;
    const { KeyConditionExpression, FilterExpression, ProjectionExpression } = query;
    assertUsed([KeyConditionExpression, FilterExpression, ProjectionExpression], names, values);
    const given = { names, values };
    const all =
      query.IndexName === undefined ? this.partition(String(values?.[":pk"]), asOf) : this.#indexed(query, asOf);
    let items = all.filter((item) => fulfils(item, KeyConditionExpression, given));
    if (query.ScanIndexForward === false) items = items.toReversed();
    const start = query.ExclusiveStartKey;
    if (start) items = items.slice(items.findIndex(({ pk, sk }) => pk === start["pk"] && sk === start["sk"]) + 1);
    const limited = query.Limit === undefined ? items : items.slice(0, query.Limit);
    const page = pageOf(limited);
    const last = page.at(-1);
    const only = ProjectionExpression?.split(/\s*,\s*/);
    return {
      Items: page.filter((item) => fulfils(item, FilterExpression, given)).map((item) => projected(item, only)),
      // A page that is full ends with a key, whether there is more or not.
      ...(last &&
        (page.length === query.Limit || page.length < limited.length) && {
          LastEvaluatedKey: { pk: last["pk"], sk: last["sk"] },
        }),
    };
  }

  #indexed({ IndexName, ExpressionAttributeValues: values }: Query, asOf: number): Item[] {
    if (IndexName !== DUE.name) throw new Error(`the simulated table has no index ${IndexName}`);
    return [...this.#due.values()]
      .flatMap((key) => present(this.get(key, asOf)))
      .filter((item) => item["due_shard"] === values?.[":shard"] && typeof item["due"] === "number")
      .toSorted((one, other) => Number(one["due"]) - Number(other["due"]));
  }

  /** Why the write cannot happen now, with the item that stands in its way; undefined = it can. */
  refusal(write: Write): { code: Refusal; item: Item | undefined } | undefined {
    assertUsed([write.update, write.condition], write.names, write.values);
    if (this.#locks.has(textOf(write.key))) return { code: "TransactionConflict", item: undefined };
    const item = this.get(write.key);
    const given = { names: write.names, values: write.values };
    return fulfils(item, write.condition, given) ? undefined : { code: "ConditionalCheckFailed", item };
  }

  /** Unconditionally; the item as it is afterwards. */
  apply(write: Write, at: number, by: string): Item | undefined {
    const { key } = write;
    const before = this.get(key);
    const after = itemAfter(write, before);
    if (write.kind === "ConditionCheck") return before;
    const partition = this.#partitions.get(key.pk) ?? { items: new Map<string, Version[]>(), order: undefined };
    this.#partitions.set(key.pk, partition);
    const versions = partition.items.get(key.sk) ?? [];
    if (!versions.length) partition.order = undefined;
    partition.items.set(key.sk, versions);
    versions.push({ at, item: after });
    while (versions[1] && versions[1].at < at - KEPT) versions.shift();
    if (after?.["due_shard"] !== undefined) this.#due.set(textOf(key), key);
    this.#fresh.push({ at, key, before, after, by });
    return after;
  }

  lock(writes: readonly Write[]): void {
    for (const { key } of writes) this.#locks.add(textOf(key));
  }

  unlock(writes: readonly Write[]): void {
    for (const { key } of writes) this.#locks.delete(textOf(key));
    this.settle();
  }

  settle(): void {
    if (this.#locks.size || !this.#fresh.length) return;
    const changes = this.#fresh;
    this.#fresh = [];
    this.onChanges(changes);
  }
}

/** Roughly as DynamoDB counts: names and values; exact for what can be large, texts and bytes. */
export const sizeOf = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + name.length + valueSize(value), 0);

function valueSize(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  return value instanceof Uint8Array ? value.length : 16;
}

/** Whatever is put together by our code fits: an item that does not is a defect of it. */
function assertFits(item: Item): Item {
  if (sizeOf(item) > ITEM_BYTES) throw new Error(`ValidationException: an item of ${sizeOf(item)} bytes`);
  return item;
}

/** The first item always, and as many more as a page has room for. */
function pageOf(items: Item[]): Item[] {
  let bytes = 0;
  const end = items.findIndex((item, at) => (bytes += sizeOf(item)) > PAGE_BYTES && at > 0);
  return end < 0 ? items : items.slice(0, end);
}

const present = (item: Item | undefined): Item[] => (item ? [item] : []);

const textOf = ({ pk, sk }: Key): string => `${pk} ${sk}`;

function versionAt(versions: Version[] | undefined, asOf: number): Item | undefined {
  if (asOf === Infinity) return versions?.at(-1)?.item;
  return versions?.findLast(({ at }) => at <= asOf)?.item;
}

function itemAfter({ kind, key, item, update, names, values }: Write, before: Item | undefined): Item | undefined {
  if (kind === "Delete") return undefined;
  if (kind === "Put") return assertFits(stored({ ...item }));
  return assertFits(stored(updated(before, { ...key }, update ?? "", { names, values })));
}

/** As the document client marshals: what is undefined is not there, bytes are bytes. */
function stored(item: Item): Item {
  for (const [name, value] of Object.entries(item)) {
    if (value === undefined) delete item[name];
    else if (value instanceof Uint8Array) item[name] = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    else if (Array.isArray(value)) item[name] = [...(value as unknown[])];
  }
  return item;
}

const projected = (item: Item, only: string[] | undefined): Item =>
  only ? Object.fromEntries(Object.entries(item).filter(([name]) => only.includes(name))) : { ...item };
