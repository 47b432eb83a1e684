/**
 * The keys of every item, and the names of its attributes (design 2), with who writes it, who reads it and when it expires.
 *
 * Rows of runs, threads and webhooks have the field names of `core/`; items that are many have short names, to save write units. One name
 * has one meaning in the whole table:
 *
 *   pk, sk        the key                                   ttl           expiry, seconds since 1970
 *   due, due_shard    key of the index `by-due`                created_*, updated_*, owner_scope    keys of the thread indexes
 *   busy_scope    whose thread an active run makes busy
 *   data          part of a run's input                     owner, until  holder of a row or permit; end of a permit
 *
 *   slot          r run id · g generation · e epoch · i nonce of the append · n number of events · p payload · m "more follows"
 *                 q slots of parts before it · x final status of the run that ends here · w when it was written, ms since 1970
 *   head          b parent's id · c claim · f first step · d content · h segments that hold the content
 *                 ns namespace, id checkpoint id: only where the key has a hash of them
 *   segment       d content · l first slot of the run that wrote it last
 *   writes        c claim · t task id, where the key has a hash of it · tp task path · o "of another run's checkpoint" · z stamp
 *                 w0, w1 … write by its index · s1, s2 … special write by its negated index
 *   closed claim  after last visible head · z stamp of the closing claim · k epochs that it knows · u "left nothing"
 *                 from first checkpoint that needs a stamp · fin "written by the run's end" · below runs of a removed thread
 *   store item    d content · ik key · sn namespace · ca, ua created and updated · v vectors · vn how many · tm minutes to live
 *                 xs expiry in seconds, once more ttl, whose name no projection may have
 *                 x1536 … vector of so many numbers for the vector index · xa of which update · label3 … its filters
 *   namespace     sn namespace · vx numbers of the vectors if the vector index has them all, 0 if it cannot
 */
import { createHash } from "node:crypto";
import type { ClaimNumber } from "../../core/run/run-row.ts";
import { DUE_SHARDS, LIST_SHARDS, ROOT_SHARDS } from "./limits.ts";
import { LABEL_FILTERS } from "./table.ts";

export interface Key {
  pk: string;
  sk: string;
}

/** Attributes of an item, with or without those of its key. */
export type Attributes = Record<string, unknown>;

const SLOT_DIGITS = 10;
const PART_DIGITS = 4;
/** DynamoDB's limit. */
export const SORT_KEY_BYTES = 1_024;
/** Three names and their separators fit into a sort key of 1 KB. */
const KEY_PART_BYTES = 280;
const digits = (value: number, length: number): string => String(value).padStart(length, "0");

/** Escapes user text in keys, so that none can contain a separator. */
const escape = (text: string): string => text.replaceAll("%", "%25").replaceAll("#", "%23");
export const unescape = (text: string): string => text.replaceAll("%23", "#").replaceAll("%25", "%");

/** Thread row. Written by create, finish, cancel, delete, patch; read by all. Tombstones and temporary threads expire with their log. */
export const threadKey = (thread_id: string): Key => ({ pk: `${THREAD_PREFIX}${thread_id}`, sk: "A" });
const THREAD_PREFIX = "T#";
/** The thread in whose partition a row is: the thread row itself, its runs, webhooks, notes of crons. */
export const threadIdOf = ({ pk }: Pick<Key, "pk">): string => pk.slice(THREAD_PREFIX.length);

/** Run row. Written by create, claim, heartbeat, hand-over, send, cancel, finish; read by all. Expires with a temporary thread. */
export const runKey = (thread_id: string, run_id: string): Key => ({
  pk: threadKey(thread_id).pk,
  sk: `${RUN_PREFIX}${run_id}`,
});
export const RUN_PREFIX = "R#";

/** Webhook to deliver. Written by finish; counted and removed by whoever delivers it; read by the sweeper. */
export const webhookKey = (thread_id: string, run_id: string): Key => ({
  pk: threadKey(thread_id).pk,
  sk: `${WEBHOOK_PREFIX}${run_id}`,
});
export const WEBHOOK_PREFIX = "X#";

/** Concurrency permit. Written and removed by the function that responds; read by those that take one. Expires after its lease. */
export const permitsKey = (key: string): string => `G#${key}`;
export const permitKey = (key: string, number: number): Key => ({
  pk: permitsKey(key),
  sk: digits(number, PART_DIGITS),
});

/** Run permit of a caller. Written by create, in place of that of a run that has ended; read by the next create. Expires in the end. */
export const runPermitsKey = (holder: string): string => `GR#${holder}`;
export const runPermitKey = (holder: string, number: number): Key => ({
  pk: runPermitsKey(holder),
  sk: digits(number, PART_DIGITS),
});

/** Run input (kwargs). Written once by create; read by the claimant, get and list. Expires with a temporary thread. */
export const inputKey = (run_id: string, part: number): Key => ({ pk: `I#${run_id}`, sk: digits(part, PART_DIGITS) });

/** Run pointer, run → thread. Written once by create; read by the stateless routes. Expires with a temporary thread. */
export const pointerKey = (run_id: string): Key => ({ pk: `P#${run_id}`, sk: "A" });

/** Log slot. Written once by the owner of the active run, by create and by finish; read by every reader. Expires after the retention. */
export const slotKey = (thread_id: string, slot: number): Key => ({
  pk: `L#${thread_id}`,
  sk: digits(slot, SLOT_DIGITS),
});
export const slotOf = (key: Key): number => Number(key.sk);

/** Checkpoints of a thread: heads, segments, pending writes, closed claims. Written by the owner's saver; read by claimants and the API. */
export const checkpointsKey = (thread_id: string): string => `C#${thread_id}`;
export const HEAD_PREFIX = "H#";
export const WRITES_PREFIX = "W#";
export const SEGMENT_PREFIX = "S#";
export const CLOSED_PREFIX = "E#";

/** Heads of one namespace in the order of their ids. */
export const headPrefix = (ns: string): string => `${HEAD_PREFIX}${keyPart(ns)}#`;
export const headKey = (thread_id: string, ns: string, checkpoint_id: string): Key => ({
  pk: checkpointsKey(thread_id),
  sk: headPrefix(ns) + keyPart(checkpoint_id),
});
/** Named by content: written by any head or write that needs it, never changed. */
export const segmentKey = (thread_id: string, hash: string): Key => ({
  pk: checkpointsKey(thread_id),
  sk: SEGMENT_PREFIX + hash,
});
/** Pending writes of one checkpoint; the claim is in the key, so that those of two claims never mix. */
export const writesPrefix = (ns: string, checkpoint_id: string): string =>
  `${WRITES_PREFIX}${keyPart(ns)}#${keyPart(checkpoint_id)}#`;
export const writesKey = (
  task: { thread_id: string; ns: string; checkpoint_id: string; task_id: string; claim?: ClaimNumber },
  group: string,
): Key => ({
  pk: checkpointsKey(task.thread_id),
  sk: `${writesPrefix(task.ns, task.checkpoint_id)}${keyPart(task.task_id)}#${task.claim ? claimText(task.claim) : "-"}#${group}`,
});
/** Written by recovering claims and every finish; read with the heads. */
export const closedKey = (thread_id: string, claim: ClaimNumber): Key => ({
  pk: checkpointsKey(thread_id),
  sk: CLOSED_PREFIX + claimText(claim),
});
/** Left by the removal of a whole thread, after all closed claims in key order; read with them. Expires after the retention. */
export const removedKey = (thread_id: string): Key => ({ pk: checkpointsKey(thread_id), sk: `${CLOSED_PREFIX}~` });

/** A sort key has at most 1 KB: a long name is replaced by its hash, and kept as an attribute if it has to be read back. */
const keyPart = (name: string): string => {
  const escaped = escape(name);
  return Buffer.byteLength(escaped) <= KEY_PART_BYTES ? escaped : `${HASHED}${contentHash(name)}`;
};
/** Prefix of a hashed key part. No escaped name begins with it. */
export const HASHED = "%~";
export const isHashed = (name: string): boolean => keyPart(name).startsWith(HASHED);

/** 24 characters, 144 bits of SHA-256. */
export const contentHash = (content: string | Uint8Array): string =>
  createHash("sha256").update(content).digest("base64url").slice(0, 24);

/** `<log_start>.<epoch>`, padded so that text order is the order of claims. */
export const claimText = ({ log_start, epoch }: ClaimNumber): string =>
  `${digits(log_start, SLOT_DIGITS)}.${digits(epoch, 6)}`;

/** Assistant. Written by create, patch, choice of a version, delete; read by all that name one, runs too. */
export const assistantKey = (assistant_id: string): Key => ({ pk: `A#${assistant_id}`, sk: "A" });
/** Versions of one life of an assistant's id. Written once with the row; read by versions and choice. Go with the assistant. */
export const versionsPrefix = (born: string): string => `V#${born}#`;
export const versionKey = (assistant_id: string, born: string, version: number): Key => ({
  pk: assistantKey(assistant_id).pk,
  sk: versionsPrefix(born) + digits(version, SLOT_DIGITS),
});
/** What searches see of an assistant. Written and removed with its row; read by search and count. */
export const listedKey = (assistant_id: string): Key => ({
  pk: `AL#${hash32(assistant_id) % LIST_SHARDS}`,
  sk: assistant_id,
});
export const listPartitions = (): string[] => Array.from({ length: LIST_SHARDS }, (_, shard) => `AL#${shard}`);

/** Idempotency key. Written by create with its run; read by create. Expires after a day; free earlier if its thread was deleted. */
export const idempotencyKey = (key: string): Key => ({ pk: `Q#${escape(key)}`, sk: "A" });

/** Labels of a namespace in a key. No label can contain a separator. */
const labels = (namespace: readonly string[]): string =>
  namespace.map((label) => keyPart(label).replaceAll(":", "%3A")).join(":");
/** Store items of namespaces that begin with these two labels. */
export const itemPartition = ([first = "", second = ""]: readonly string[]): string => `M#${labels([first, second])}`;
/** Finds all items of a partition below these labels, and also some whose last label only begins with the same text. */
export const itemPrefix = (namespace: readonly string[]): string => labels(namespace.slice(2));
/** Store item. Written by put and delete; read by get and search. */
export const itemKey = (namespace: readonly string[], key: string): Key => ({
  pk: itemPartition(namespace),
  sk: `${itemPrefix(namespace)}#${keyPart(key)}`,
});
/** What the vector index filters by, of an item or of a search. Of a label that is too long the hash. */
export const labelFilters = (namespace: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    namespace.slice(2, 2 + LABEL_FILTERS.length).map((label, at) => [LABEL_FILTERS[at] ?? "", keyPart(label)]),
  );
/** A namespace that has or had items. Written before its first item; read by searches with less than two labels, and by listings. */
export const namespaceKey = (namespace: readonly string[]): Key => ({
  pk: `N#${labels(namespace.slice(0, 1))}`,
  sk: labels(namespace),
});
/** Bytes of the longest sort key by which an item is kept or searched. */
export const itemKeyBytes = (namespace: readonly string[], key: string): number =>
  Math.max(Buffer.byteLength(itemKey(namespace, key).sk), Buffer.byteLength(namespaceKey(namespace).sk));
/** The first label of a namespace. Written and read with the namespaces. */
export const rootKey = (label: string): Key => ({ pk: `NR#${hash32(label) % ROOT_SHARDS}`, sk: labels([label]) });
export const rootPartitions = (): string[] => Array.from({ length: ROOT_SHARDS }, (_, shard) => `NR#${shard}`);

/** FNV-1a, 32 bits: spreads ids over shards; no secret, no checksum. */
export const hash32 = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};

/** Cron. Written by create, patch and the sweep that it was due in; removed with it or its thread. Read by all, due through the index. */
export const cronKey = (cron_id: string): Key => ({ pk: `${CRON_PREFIX}${cron_id}`, sk: "A" });
export const CRON_PREFIX = "K#";
/** What a cron's runs are created with. Written and removed with the cron; read when it is due or shown. */
export const cronPayloadKey = (cron_id: string): Key => ({ pk: `${CRON_PREFIX}${cron_id}`, sk: "P" });
/** Note of a cron on its thread. Written by create; read and removed by the thread's deletion. */
export const cronOfThreadKey = (thread_id: string, cron_id: string): Key => ({
  pk: threadKey(thread_id).pk,
  sk: `${CRON_PREFIX}${cron_id}`,
});
/** A cron's entry in the listing. Written by create, removed with it; read by search and count. */
export const listedCronKey = (cron_id: string): Key => ({ pk: `KL#${hash32(cron_id) % LIST_SHARDS}`, sk: cron_id });
export const cronListPartitions = (): string[] => Array.from({ length: LIST_SHARDS }, (_, shard) => `KL#${shard}`);

export const dueShard = (id: string): string => `D#${hash32(id) % DUE_SHARDS}`;
export const dueShards = (): string[] => Array.from({ length: DUE_SHARDS }, (_, shard) => `D#${shard}`);
