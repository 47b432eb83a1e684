/** What the checkpoints of a thread take, in bytes as they are stored: by heads, values of channels, pending writes. */
import type { ThreadStorage } from "../../protocol/thread.ts";
import { type Item, queryAll, type Table } from "../table/item-batches.ts";
import { checkpointsKey, HEAD_PREFIX, SEGMENT_PREFIX, WRITES_PREFIX } from "../table/keys.ts";
import { readAllClosed } from "./closed-claims.ts";
import { decodeRawHead, toRawHead } from "./heads.ts";
import { byteLength } from "./items.ts";
import type { Segments } from "./segments.ts";
import { storedIn } from "./writes.ts";

interface Channel {
  versions: Set<string>;
  segments: Set<string>;
  /** Of values inside of heads. */
  inline: number;
}

export async function measureCheckpoints(table: Table, segments: Segments, thread_id: string): Promise<ThreadStorage> {
  const pk = checkpointsKey(thread_id);
  const closed = await readAllClosed(table, thread_id);
  const all = (await queryAll(table, { pk, prefix: HEAD_PREFIX })).map(toRawHead);
  const heads = all.filter((head) => closed.of(head) !== "hidden");
  const writes = await queryAll(table, { pk, prefix: WRITES_PREFIX });
  const stored = await queryAll(table, { pk, prefix: SEGMENT_PREFIX });
  const sizes = new Map(stored.map((item) => [item.sk.slice(SEGMENT_PREFIX.length), bytesIn(item)]));

  const channels = new Map<string, Channel>();
  for (const head of heads)
    for (const [name, value] of (await decodeRawHead(segments, thread_id, head)).channels) {
      const channel = channels.get(name) ?? { versions: new Set(), segments: new Set(), inline: 0 };
      channels.set(name, channel);
      const hashes = "reference" in value ? value.reference.slice(1) : [];
      const version = "reference" in value ? hashes.join() : Buffer.concat(value.inline.elements).toString("base64");
      if (!channel.versions.has(version) && "inline" in value) channel.inline += byteLength(value.inline);
      channel.versions.add(version);
      for (const hash of hashes) channel.segments.add(hash);
    }
  const by_channel = Object.fromEntries(
    [...channels].map(([name, { versions, segments: hashes, inline }]) => [
      name,
      { versions: versions.size, bytes: inline + sum([...hashes].map((hash) => sizes.get(hash) ?? 0)) },
    ]),
  );
  const used = new Set([...channels.values()].flatMap(({ segments: hashes }) => [...hashes]));
  const versions = Object.values(by_channel);
  return {
    total_bytes: sum([...all.map(({ item }) => item), ...writes, ...stored].map(bytesIn)),
    checkpoints: { count: heads.length, bytes: sum(heads.map(({ item }) => bytesIn(item))) },
    channel_values: {
      count: sum(versions.map((channel) => channel.versions)),
      bytes:
        sum([...used].map((hash) => sizes.get(hash) ?? 0)) + sum([...channels.values()].map(({ inline }) => inline)),
      by_channel,
    },
    pending_writes: { count: sum(writes.map((item) => storedIn(item).length)), bytes: sum(writes.map(bytesIn)) },
  };
}

/** Of the payloads: keys and names are some dozens of bytes an item. */
const bytesIn = (item: Item): number =>
  sum(Object.values(item).map((value) => (value instanceof Uint8Array ? value.length : 0)));

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
