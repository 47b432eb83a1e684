/**
 * Threads in order: the partitions of an index, each read page by page, and the busy threads, merged by their sort keys. Entries that do
 * not say enough are completed by their rows. Must not filter.
 */
import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { asOf, isExpired } from "../../core/thread/lifetime.ts";
import type { ListQuery, ThreadSummary } from "../../core/thread/thread-listing.ts";
import type { ThreadRow } from "../../core/thread/thread-row.ts";
import { type Item, readBatch, type Table } from "../table/item-batches.ts";
import { threadIdOf, threadKey } from "../table/keys.ts";
import { LISTED_AT_ONCE } from "../table/limits.ts";
import { toSummary, toThread } from "../table/row-items.ts";
import { BY_CREATED, BY_OWNER, BY_UPDATED, type IndexShape } from "../table/table.ts";
import { readBusyThreads } from "./busy-threads.ts";
import { createdPartitions, ownerPartitions, updatedKey, updatedPartitions } from "./thread-indexes.ts";

export async function readThreads(table: Table, thread_ids: readonly string[]): Promise<ThreadRow[]> {
  const items = await readBatch(table, thread_ids.map(threadKey), true);
  const now = table.clock.now();
  return items.map((item) => asOf(toThread(item), now)).filter(({ deleted, temporary }) => !deleted && !temporary);
}

export async function* listThreads(table: Table, query: ListQuery): AsyncGenerator<ThreadSummary[]> {
  const { index, partitions } = sourceOf(query);
  // Twice the fair share of each partition: chance seldom gives one of them more of the first page.
  const first = Math.ceil((2 * query.expected) / partitions.length) + 2;
  const pages = partitions.map((partition) => new PartitionReader(table, { index, partition, query, first }));
  const readFirst = async (): Promise<void> => void (await Promise.all(pages.map((page) => page.fill())));
  const reads: Source[] = [...pages];
  if (mayBeBusy(query)) reads.unshift(await busyThreads(table, query, readFirst));
  else await readFirst();
  const listed = new Set<string>();
  // One more than is expected: whether there are more is always asked.
  let expected = query.expected + 1;
  for (let batch: Item[] = []; ; batch = []) {
    const size = expected > 0 ? Math.min(expected, LISTED_AT_ONCE) : LISTED_AT_ONCE;
    expected -= size;
    while (batch.length < size) {
      const next = await takeFirst(reads, index.sort.name, query.order);
      if (!next) break;
      const thread_id = threadIdOf(next);
      // A thread may come twice: a run that began or ended meanwhile has moved it.
      if (!listed.has(thread_id)) batch.push(next);
      listed.add(thread_id);
    }
    if (batch.length === 0) return;
    yield await completed(table, batch);
  }
}

function sourceOf({ by, owner, status }: ListQuery): { index: IndexShape; partitions: string[] } {
  if (by === "created_at") return { index: BY_CREATED, partitions: createdPartitions() };
  const owned = owner === undefined ? undefined : ownerPartitions(owner, status);
  return owned ? { index: BY_OWNER, partitions: owned } : { index: BY_UPDATED, partitions: updatedPartitions(status) };
}

/** The next of all; a partition whose page is used up is read on first, for it may hold it. */
async function takeFirst(
  reads: readonly Source[],
  sortKey: string,
  order: ListQuery["order"],
): Promise<Item | undefined> {
  let best: { read: Source; key: string } | undefined;
  for (const read of reads) {
    if (!read.head) await read.fill();
    const key = read.head?.[sortKey];
    if (typeof key === "string" && (!best || isBefore(key, best.key, order))) best = { read, key };
  }
  return best?.read.take();
}

const isBefore = (one: string, other: string, order: ListQuery["order"]): boolean =>
  order === "asc" ? one < other : one > other;

/** In the order of the entries. Threads that are gone meanwhile are left out. */
async function completed(table: Table, entries: readonly Item[]): Promise<ThreadSummary[]> {
  const now = table.clock.now();
  const summaries = entries.map(toSummary);
  const bare = entries.filter((_, i) => !summaries[i]).map(threadIdOf);
  const rows = new Map((bare.length ? await readThreads(table, bare) : []).map((row) => [row.thread_id, row]));
  const known = entries.flatMap((entry, i) => summaries[i] ?? rows.get(threadIdOf(entry)) ?? []);
  return known.filter((thread) => !isExpired(thread, now));
}

/** A list by creation has busy threads anyway, and one of another status must not have any. */
const mayBeBusy = ({ by, status }: ListQuery): boolean =>
  by === "updated_at" && (status === undefined || status === "busy");

/** Entries in order, one of those that are merged. */
interface Source {
  readonly head: Item | undefined;
  take(): Item | undefined;
  /** Reads on if it has to. */
  fill(): Promise<void>;
}

/** The busy threads, read before and after `meanwhile`. */
async function busyThreads(table: Table, { owner, order }: ListQuery, meanwhile: () => Promise<void>): Promise<Source> {
  const entries = (await readBusyThreads(table, owner, meanwhile))
    .filter(({ deleted, temporary }) => deleted === false && temporary === false)
    .map((item) => ({ key: updatedKey({ thread_id: threadIdOf(item), updated_at: String(item["updated_at"]) }), item }))
    .toSorted((a, b) => (isBefore(a.key, b.key, order) ? -1 : 1))
    .map(({ key, item }) => ({ ...item, [BY_UPDATED.sort.name]: key }));
  return {
    get head() {
      return entries[0];
    },
    take: () => entries.shift(),
    fill: () => Promise.resolve(),
  };
}

const PAGE_GROWTH = 4;

class PartitionReader implements Source {
  readonly #table: Table;
  readonly #of: { index: IndexShape; partition: string; query: ListQuery };
  /** Entries of the next page. */
  #limit: number;
  #items: Item[] = [];
  #at = 0;
  #next: Record<string, unknown> | "begin" | "end" = "begin";

  constructor(table: Table, of: { index: IndexShape; partition: string; query: ListQuery; first: number }) {
    this.#table = table;
    this.#of = of;
    this.#limit = of.first;
  }

  get head(): Item | undefined {
    return this.#items[this.#at];
  }

  take(): Item | undefined {
    return this.#items[this.#at++];
  }

  /** Reads on if nothing is left of the page: few entries at first, then more and more, as far as a page goes. */
  async fill(): Promise<void> {
    const { index, partition, query } = this.#of;
    while (!this.head && this.#next !== "end") {
      const from = this.#next;
      const { Items = [], LastEvaluatedKey } = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.table,
          IndexName: index.name,
          KeyConditionExpression: "#partition = :partition",
          ExpressionAttributeNames: { "#partition": index.partition.name },
          ExpressionAttributeValues: { ":partition": partition },
          ScanIndexForward: query.order === "asc",
          Limit: this.#limit,
          ...(from !== "begin" && { ExclusiveStartKey: from }),
        }),
      );
      this.#items = Items as Item[];
      this.#at = 0;
      this.#next = LastEvaluatedKey ?? "end";
      this.#limit *= PAGE_GROWTH;
    }
  }
}
