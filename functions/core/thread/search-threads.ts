/**
 * Threads that match, in order, a page at a time; and how many match. By update time, or by creation, as far as an index goes; otherwise
 * all that match are sorted. Must not know indexes.
 */
import type { Json } from "../../protocol/json.ts";
import type { ThreadCount, ThreadSearch } from "../../protocol/thread-search.ts";
import { contains } from "../json/contains.ts";
import type { Ports } from "../ports.ts";
import { COMPARED_VALUES, SEARCHED_THREADS, SORTED_THREADS, VALUES_AT_ONCE } from "./limits.ts";
import { selectFields } from "./select-fields.ts";
import type { ListQuery, ThreadSummary } from "./thread-listing.ts";
import { TooMany } from "./too-many.ts";

type SearchPorts = Pick<Ports, "threads" | "engine">;

export interface ThreadPage {
  threads: Record<string, Json>[];
  /** How many match; if there are more than were looked at, as many as are known (seen at the official server). */
  total: number;
  /** Offset of the next page; absent on the last. */
  next?: number;
}

export type SearchResult = { kind: "page"; page: ThreadPage } | { kind: "invalid"; detail: string };

export type CountResult = { kind: "counted"; count: number } | { kind: "invalid"; detail: string };

export async function searchThreads(ports: SearchPorts, query: ThreadSearch): Promise<SearchResult> {
  const { offset, limit, select, extract } = query;
  const wanted = offset + limit;
  try {
    const inOrder = isListed(query);
    const found = await atLeast(inOrder ? wanted + 1 : Infinity, matching(ports, query, wanted));
    if (!inOrder) found.sort(byField(query));
    const page = found.slice(offset, wanted);
    const threads = await mapSome(page, (thread) => selectFields(ports, thread, { select, extract }));
    const total = found.length;
    return { kind: "page", page: { threads, total, ...(total > wanted && { next: wanted }) } };
  } catch (error) {
    if (error instanceof TooMany) return { kind: "invalid", detail: error.message };
    throw error;
  }
}

export async function countThreads(ports: SearchPorts, query: ThreadCount): Promise<CountResult> {
  try {
    let count = 0;
    const all = { ...query, ids: undefined, sort_by: "updated_at", sort_order: "desc" } as const;
    for await (const some of matching(ports, all, SEARCHED_THREADS)) count += some.length;
    return { kind: "counted", count };
  } catch (error) {
    if (error instanceof TooMany) return { kind: "invalid", detail: error.message };
    throw error;
  }
}

type Filter = ThreadCount & Pick<ThreadSearch, "ids" | "sort_by" | "sort_order">;

/** An index is in this order; that of creation has no owners. */
const isListed = ({ ids, sort_by, metadata }: Filter): boolean =>
  !ids && (sort_by === "updated_at" || (sort_by === "created_at" && ownerIn(metadata) === undefined));

async function* matching(ports: SearchPorts, query: Filter, expected: number): AsyncGenerator<ThreadSummary[]> {
  const inOrder = isListed(query);
  let searched = 0;
  let matched = 0;
  let compared = 0;
  for await (const some of candidates(ports, query, expected)) {
    searched += some.length;
    if (searched > SEARCHED_THREADS) throw new TooMany(SEARCHED_THREADS, "would have to be looked at");
    const alike = some.filter(
      ({ status, metadata }) =>
        (query.status === undefined || status === query.status) && contains(metadata, query.metadata ?? {}),
    );
    const { values } = query;
    if (values !== undefined) compared += alike.length;
    if (compared > COMPARED_VALUES) throw new TooMany(COMPARED_VALUES, "would have their values compared");
    const found = values === undefined ? alike : await havingValues(ports, alike, values);
    matched += found.length;
    if (!inOrder && matched > SORTED_THREADS) throw new TooMany(SORTED_THREADS, `would be sorted by ${query.sort_by}`);
    yield found;
  }
}

function candidates(
  { threads }: SearchPorts,
  { ids, sort_by, sort_order: order, metadata, status }: Filter,
  expected: number,
): AsyncIterable<ThreadSummary[]> {
  if (ids) return once(() => threads.getMany([...new Set(ids)]));
  const owner = ownerIn(metadata);
  const by = sort_by === "created_at" && owner === undefined ? sort_by : "updated_at";
  return threads.list({ by, order, status, expected, ...(owner !== undefined && { owner }) } satisfies ListQuery);
}

function ownerIn(metadata: ThreadCount["metadata"]): string | undefined {
  const owner = metadata?.["owner"];
  return typeof owner === "string" ? owner : undefined;
}

async function havingValues({ engine }: SearchPorts, threads: ThreadSummary[], wanted: Json): Promise<ThreadSummary[]> {
  const matches = await mapSome(threads, async ({ thread_id, head }) =>
    contains(await engine.values(thread_id, head), wanted),
  );
  return threads.filter((_, i) => matches[i]);
}

const byField =
  ({ sort_by, sort_order }: Filter) =>
  (a: ThreadSummary, b: ThreadSummary): number => {
    const [one, other] = [`${a[sort_by]}#${a.thread_id}`, `${b[sort_by]}#${b.thread_id}`];
    const ascending = one < other ? -1 : one > other ? 1 : 0;
    return sort_order === "asc" ? ascending : -ascending;
  };

/** At least so many, if there are. */
async function atLeast<T>(count: number, batches: AsyncIterable<T[]>): Promise<T[]> {
  const found: T[] = [];
  for await (const some of batches) {
    found.push(...some);
    if (found.length >= count) break;
  }
  return found;
}

async function* once<T>(read: () => Promise<T>): AsyncGenerator<T> {
  yield await read();
}

/** In order, VALUES_AT_ONCE at a time. */
async function mapSome<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += VALUES_AT_ONCE)
    results.push(...(await Promise.all(items.slice(at, at + VALUES_AT_ONCE).map(work))));
  return results;
}
