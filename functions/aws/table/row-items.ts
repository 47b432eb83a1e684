/**
 * Rows to items and back. Scalars are attributes, which conditions and people read. Nested values are JSON text: marshalling them costs
 * more and loses numbers.
 */
import type { RunRow } from "../../core/run/run-row.ts";
import type { ThreadSummary } from "../../core/thread/thread-listing.ts";
import type { ThreadRow } from "../../core/thread/thread-row.ts";
import { ACTIVE_RUN_FIELDS, keyOf, THREAD_INDEX_FIELDS, threadIndexFields } from "../thread/thread-indexes.ts";
import { type Attributes, dueShard, runKey, threadKey } from "./keys.ts";
import { SUMMARY_BYTES } from "./limits.ts";
import { assertFits, misfit, parseText } from "./read-fields.ts";
import { runChecks, SUMMARY_CHECKS, THREAD_CHECKS } from "./row-checks.ts";
import { SUMMARY_FIELDS } from "./table.ts";

const JSON_FIELDS = new Set(["metadata", "config", "head", "error", "interrupts", "lifetime", "stream_mode"]);
const OURS = new Set(["pk", "sk", "ttl", "put_by", ...ACTIVE_RUN_FIELDS, ...THREAD_INDEX_FIELDS]);

export const fieldsOf = (row: object): Attributes =>
  Object.fromEntries(
    Object.entries(row)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, JSON_FIELDS.has(name) ? JSON.stringify(value) : value]),
  );

/** Fields that we do not know are kept: a newer version may have written them. @throws Impossible if nested values are no JSON */
function fromAttributes(item: Attributes): Attributes {
  const row: Attributes = {};
  for (const name of Object.keys(item)) {
    if (OURS.has(name)) continue;
    const value = item[name];
    row[name] = JSON_FIELDS.has(name) && typeof value === "string" ? parseText(item, name, value) : value;
  }
  return row;
}

/** Fields of a thread that indexes hold, if they are small enough together; else they are one attribute, which no index holds. */
function threadFields(row: ThreadRow): Attributes {
  const fields = fieldsOf(row);
  const listed = SUMMARY_FIELDS.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]] as const]));
  const bytes = listed.reduce(
    (sum, [name, value]) => sum + name.length + Buffer.byteLength(typeof value === "string" ? value : ""),
    0,
  );
  if (bytes <= SUMMARY_BYTES) return fields;
  const nested = Object.fromEntries(listed.filter(([name]) => JSON_FIELDS.has(name)));
  const rest = Object.entries(fields).filter(([name]) => !Object.hasOwn(nested, name));
  return { ...Object.fromEntries(rest), [UNLISTED]: JSON.stringify(nested) };
}

/** Texts of the nested fields of a large thread. */
const UNLISTED = "unlisted";

/** @param ttl seconds since 1970, for rows that go with their log */
export const threadItem = (row: ThreadRow, ttl: number | undefined): Attributes => ({
  ...threadKey(row.thread_id),
  ...threadFields(row),
  ...(row.temporary || row.deleted ? {} : { ...threadIndexFields(row), ...dueFields(row) }),
  ...(ttl !== undefined && { ttl }),
});

/** @throws Impossible if the item does not fit */
export function toThread({ [UNLISTED]: unlisted, ...attributes }: Attributes): ThreadRow {
  const item = typeof unlisted === "string" ? { ...attributes, ...nestedIn(unlisted, attributes) } : attributes;
  const row = fromAttributes(item);
  assertFits(row, THREAD_CHECKS, item);
  return row as object as ThreadRow;
}

/** When the sweeper has to look at it; nothing for a thread that is kept, or at work: its end renews the lifetime. */
const dueFields = ({ thread_id, active_run, lifetime }: ThreadRow): Attributes =>
  lifetime?.expires_at == null || active_run !== null
    ? {}
    : { due: Date.parse(lifetime.expires_at), due_shard: dueShard(thread_id) };

function nestedIn(unlisted: string, item: Attributes): object {
  const nested = parseText(item, UNLISTED, unlisted);
  if (typeof nested !== "object" || nested === null) throw misfit(item, UNLISTED);
  return nested;
}

/** @returns undefined if the index holds the thread's keys alone @throws Impossible if the entry does not fit */
export function toSummary(entry: Attributes): ThreadSummary | undefined {
  if (entry["metadata"] === undefined) return undefined;
  const summary = { ...fromAttributes(entry), ...keyOf(entry) };
  assertFits(summary, SUMMARY_CHECKS, entry);
  return summary as object as ThreadSummary;
}

export const runItem = (row: RunRow, ttl: number | undefined): Attributes => ({
  ...runKey(row.thread_id, row.run_id),
  ...fieldsOf(row),
  ...(ttl !== undefined && { ttl }),
});

/** @throws Impossible if the item does not fit */
export function toRun(item: Attributes): RunRow {
  const row = fromAttributes(item);
  assertFits(row, runChecks(row["status"]), item);
  return row as object as RunRow;
}
