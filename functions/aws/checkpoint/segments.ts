/**
 * Large values of a thread as immutable segments, named by their content and shared by heads and writes. Must not delete any: only the
 * removal of the whole thread does.
 */
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { ChannelValue } from "../../core/checkpoint/checkpoint-port.ts";
import { cutPieces, joinPieces } from "../../core/checkpoint/cut-value.ts";
import { pack, unpack } from "../../core/log/slot-payload.ts";
import type { ClaimNumber } from "../../core/run/run-row.ts";
import { type Item, readBatch, type Table, ttlOf, writeBatch } from "../table/item-batches.ts";
import { claimText, contentHash, segmentKey } from "../table/keys.ts";
import { decodeField, isTexts } from "../table/read-fields.ts";
import { readItem } from "../table/read-item.ts";
import { KNOWN_SEGMENTS, SEGMENT_CACHE_BYTES } from "./limits.ts";

/** How a head or write refers to a value: `[type, hash, …]`. */
export type Reference = [type: string, ...hashes: string[]];
export const isReference = (value: unknown): value is Reference => isTexts(value) && value.length > 0;

export interface SegmentOwner {
  thread_id: string;
  claim?: ClaimNumber;
  temporary?: boolean;
}

export interface Segments {
  /** Durable when it resolves. `of`: the head or write that refers to it. */
  put(of: SegmentOwner, value: ChannelValue): Promise<Reference>;
  /** Values in the order asked for; throws if a segment is missing. */
  load(thread_id: string, references: readonly Reference[]): Promise<ChannelValue[]>;
}

export function createSegments(table: Table): Segments {
  // Values that were read from a thread, or written to it by a claim. They are neither hashed nor written again.
  const seen = new WeakMap<ChannelValue, { thread_id: string; by?: string; reference: Reference }>();
  // Keyed by claim, too: a thread that was deleted and used again has new claims, so its removed segments do not count as written.
  const written = new Set<string>();
  const writing = new Map<string, Promise<void>>();
  const cache = createCache(SEGMENT_CACHE_BYTES);

  return {
    async put(of, value) {
      const { thread_id, claim } = of;
      const by = claim ? claimText(claim) : "";
      const known = seen.get(value);
      if (known?.thread_id === thread_id && (known.by ?? by) === by) return known.reference;
      const mark = (hash: string): string => `${thread_id}#${by}#${hash}`;
      const pieces = cutPieces(value).map((bytes): [string, Uint8Array] => [contentHash(bytes), bytes]);
      const unwritten = new Map(pieces.filter(([hash]) => !claim || !written.has(mark(hash))));
      // A task's write and the head that follows it often bring the same value at the same time.
      const others = [...unwritten.keys()].flatMap((hash) => (claim && writing.get(mark(hash))) ?? []);
      const fresh = [...unwritten].filter(([hash]) => !claim || !writing.has(mark(hash)));
      const putting = putItems(
        table,
        fresh.map(([hash, bytes]) => ({
          ...segmentKey(thread_id, hash),
          d: pack(bytes),
          // The run that last wrote it. The removal of a deleted thread keeps segments of a new run.
          ...(claim && { l: claim.log_start }),
          ...ttlOf(table, of),
        })),
      );
      if (claim) for (const [hash] of fresh) writing.set(mark(hash), putting);
      try {
        await Promise.all([putting, ...others]);
        for (const [hash, bytes] of fresh) {
          if (claim) remember(written, mark(hash));
          cache.put(`${thread_id}#${hash}`, bytes);
        }
      } finally {
        for (const [hash] of fresh) writing.delete(mark(hash));
      }
      const reference: Reference = [value.type, ...pieces.map(([hash]) => hash)];
      seen.set(value, { thread_id, by, reference });
      return reference;
    },

    async load(thread_id, references) {
      const pieces = new Map<string, Uint8Array>();
      const wanted = new Set<string>();
      for (const hash of references.flatMap(([, ...hashes]) => hashes)) {
        const cached = cache.get(`${thread_id}#${hash}`);
        if (cached) pieces.set(hash, cached);
        else wanted.add(hash);
      }
      for await (const [hash, bytes] of readSegments(table, thread_id, wanted)) {
        pieces.set(hash, bytes);
        cache.put(`${thread_id}#${hash}`, bytes);
      }
      return references.map((reference) => {
        const [type, ...hashes] = reference;
        const value = joinPieces(
          type,
          hashes.map((hash) => pieces.get(hash) ?? missing(thread_id, hash)),
        );
        seen.set(value, { thread_id, reference });
        return value;
      });
    },
  };
}

async function putItems(table: Table, items: Item[]): Promise<void> {
  const [only] = items;
  if (items.length === 1 && only) await table.client.send(new PutCommand({ TableName: table.table, Item: only }));
  else
    await writeBatch(
      table,
      items.map((put) => ({ put })),
    );
}

/** Segments are immutable, so an eventually consistent read will do. What it does not find is read again consistently. */
async function* readSegments(
  table: Table,
  thread_id: string,
  wanted: ReadonlySet<string>,
): AsyncGenerator<[string, Uint8Array]> {
  const left = new Set(wanted);
  for (const consistent of [false, true]) {
    if (!left.size) return;
    for (const item of await readItems(table, thread_id, [...left], consistent)) {
      const hash = item.sk.slice(item.sk.indexOf("#") + 1);
      left.delete(hash);
      yield [hash, decodeField(item, "d", unpack)];
    }
  }
}

async function readItems(table: Table, thread_id: string, hashes: string[], consistent: boolean): Promise<Item[]> {
  const [only] = hashes;
  if (hashes.length > 1 || only === undefined) {
    return readBatch(
      table,
      hashes.map((hash) => segmentKey(thread_id, hash)),
      consistent,
    );
  }
  const item = await readItem(table, segmentKey(thread_id, only), consistent);
  return item ? [item] : [];
}

function missing(thread_id: string, hash: string): never {
  throw new Error(`segment ${hash} of thread ${thread_id} is missing`);
}

function remember(set: Set<string>, entry: string): void {
  set.add(entry);
  if (set.size <= KNOWN_SEGMENTS) return;
  for (const oldest of set) {
    set.delete(oldest);
    return;
  }
}

/** Bytes by name, the least recently used out first. */
function createCache(capacity: number) {
  const entries = new Map<string, Uint8Array>();
  let size = 0;
  return {
    get(name: string): Uint8Array | undefined {
      const bytes = entries.get(name);
      if (bytes) {
        entries.delete(name);
        entries.set(name, bytes);
      }
      return bytes;
    },
    put(name: string, bytes: Uint8Array): void {
      size += bytes.length - (entries.get(name)?.length ?? 0);
      entries.delete(name);
      entries.set(name, bytes);
      for (const [oldest, { length }] of entries) {
        if (size <= capacity) break;
        entries.delete(oldest);
        size -= length;
      }
    },
  };
}
