/** The port CheckpointStore on DynamoDB: heads, segments, pending writes and closed claims of a thread in one partition. */
import type { CheckpointHead, CheckpointStore, HeadQuery } from "../../core/checkpoint/checkpoint-port.ts";
import { HEADS_PAGE } from "../../core/checkpoint/limits.ts";
import { contains } from "../../core/json/contains.ts";
import { type Item, queryAll, queryPage, queryPages, type Range, type Table } from "../table/item-batches.ts";
import { checkpointsKey, HEAD_PREFIX, headKey, headPrefix } from "../table/keys.ts";
import { readItem } from "../table/read-item.ts";
import { isVisible, readAllClosed, readLatestClosed } from "./closed-claims.ts";
import { copyThread } from "./copy-thread.ts";
import { completeHeads, decodeRawHead, putHeadItem, type RawHead, toRawHead } from "./heads.ts";
import { measureCheckpoints } from "./measure-checkpoints.ts";
import { removeOlder, removeUnreferenced } from "./pruning.ts";
import { removeRun, removeThread } from "./removal.ts";
import { closeClaims, sealClaims } from "./seals.ts";
import { createSegments, type Segments } from "./segments.ts";
import { putTaskWrites, readTaskWrites } from "./writes.ts";

export function createCheckpointStore(table: Table): CheckpointStore {
  const segments = createSegments(table);
  return {
    putHead: (head) => putHeadItem(table, segments, head),
    putWrites: (task) => putTaskWrites(table, segments, task),
    head: async (thread_id, ns, checkpoint_id) => {
      const found = await findHead(table, thread_id, ns, checkpoint_id);
      if (!found) return undefined;
      const [head] = await completeHeads(segments, thread_id, [
        [found, await decodeRawHead(segments, thread_id, found)],
      ]);
      return head;
    },
    exists: async (...address) => (await findHead(table, ...address)) !== undefined,
    heads: (thread_id, query) => listHeads(table, segments, thread_id, query),
    writes: (thread_id, ns, checkpoint_id) => readTaskWrites(table, segments, { thread_id, ns, checkpoint_id }),
    newestOf: async (thread_id, log_start) => {
      const heads = await queryAll(table, {
        pk: checkpointsKey(thread_id),
        prefix: HEAD_PREFIX,
        claim: `${log_start}.`,
        only: "sk, id",
      });
      return newestFirst(heads.map(toRawHead))[0]?.checkpoint_id;
    },
    close: (thread_id, closing) => closeClaims(table, thread_id, closing),
    seal: (thread_id, closing) => sealClaims(table, thread_id, closing),
    remove: (thread_id, log_start) =>
      log_start === undefined
        ? removeThread(table, thread_id, table.clock.now())
        : removeRun(table, thread_id, log_start),
    removeUntil: (thread_id, slot) => removeThread(table, thread_id, table.clock.now(), slot),
    removeOlder: (thread_id) => removeOlder(table, segments, thread_id),
    removeUnreferenced: (thread_id, slot) => removeUnreferenced(table, segments, thread_id, slot),
    measure: (thread_id) => measureCheckpoints(table, segments, thread_id),
    copy: (from, to) => copyThread(table, from, to),
  };
}

/** Heads and closed claims are read side by side. Only a head whose claim is not proven closed needs a second read. */
async function findHead(
  table: Table,
  thread_id: string,
  ns: string,
  checkpoint_id: string | undefined,
): Promise<RawHead | undefined> {
  const reading = readLatestClosed(table, thread_id);
  const candidates =
    checkpoint_id === undefined ? newestHeads(table, thread_id, ns) : oneHead(table, thread_id, ns, checkpoint_id);
  // Awaited below. Until then a failure must not count as unhandled.
  reading.catch(() => undefined);
  for await (const items of candidates) {
    const closed = await reading;
    for (const head of items.map(toRawHead)) {
      const state = closed.of(head);
      if (state === "visible" || (state === "unproven" && (await isVisible(table, thread_id, head)))) return head;
    }
  }
  return undefined;
}

/** The newest head alone first, since it is nearly always visible; then pages. */
async function* newestHeads(table: Table, thread_id: string, ns: string): AsyncGenerator<Item[]> {
  const range: Range = { pk: checkpointsKey(thread_id), prefix: headPrefix(ns), newestFirst: true };
  let page = await queryPage(table, { ...range, limit: 1 });
  yield page.items;
  while (page.next) {
    page = await queryPage(table, { ...range, limit: HEADS_PAGE }, page.next);
    yield page.items;
  }
}

async function* oneHead(table: Table, thread_id: string, ns: string, checkpoint_id: string): AsyncGenerator<Item[]> {
  const item = await readItem(table, headKey(thread_id, ns, checkpoint_id));
  if (item) yield [item];
}

const newestFirst = (heads: RawHead[]): RawHead[] =>
  heads.toSorted((one, other) =>
    one.checkpoint_id < other.checkpoint_id ? 1 : one.checkpoint_id > other.checkpoint_id ? -1 : 0,
  );

async function* listHeads(
  table: Table,
  segments: Segments,
  thread_id: string,
  query: HeadQuery,
): AsyncGenerator<CheckpointHead> {
  let left = query.limit ?? Infinity;
  if (left <= 0) return;
  for await (const page of headPages(table, thread_id, query)) {
    const closed = await readAllClosed(table, thread_id);
    const matching: Parameters<typeof completeHeads>[2][number][] = [];
    for (const head of page) {
      if (matching.length >= left) break;
      if (closed.of(head) === "hidden" || (query.before !== undefined && head.checkpoint_id >= query.before)) continue;
      const frame = await decodeRawHead(segments, thread_id, head);
      if (query.metadata === undefined || contains(frame.metadata, query.metadata)) matching.push([head, frame]);
    }
    yield* await completeHeads(segments, thread_id, matching);
    left -= matching.length;
    if (left <= 0) return;
  }
}

/** One namespace page by page. Across namespaces the order is that of the ids, so all heads are read first. */
async function* headPages(
  table: Table,
  thread_id: string,
  { ns, before, limit, metadata }: HeadQuery,
): AsyncGenerator<RawHead[]> {
  const pk = checkpointsKey(thread_id);
  if (ns === undefined) {
    const heads = newestFirst((await queryAll(table, { pk, prefix: HEAD_PREFIX })).map(toRawHead));
    for (let at = 0; at < heads.length; at += HEADS_PAGE) yield heads.slice(at, at + HEADS_PAGE);
    return;
  }
  const size = metadata === undefined && limit !== undefined ? Math.min(limit + 1, HEADS_PAGE) : HEADS_PAGE;
  const end = before === undefined ? {} : { before: headKey(thread_id, ns, before).sk };
  for await (const page of queryPages(table, { pk, prefix: headPrefix(ns), newestFirst: true, limit: size, ...end })) {
    yield page.map(toRawHead);
  }
}
