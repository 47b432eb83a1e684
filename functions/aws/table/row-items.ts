/**
 * Rows to items and back. Scalars are attributes, which conditions and people read. Nested values are JSON text: marshalling them costs
 * more and loses numbers.
 */
import type { RunRow } from "../../core/run/run-row.ts";
import type { ThreadRow } from "../../core/thread/thread-row.ts";
import { hash32, runKey, threadKey } from "./keys.ts";
import { INDEXED_CHARACTERS, OWNERLESS_SHARDS } from "./limits.ts";
import { assertFits, parseText } from "./read-fields.ts";
import { runChecks, THREAD_CHECKS } from "./row-checks.ts";

export type Item = Record<string, unknown>;

const JSON_FIELDS = new Set(["metadata", "config", "head", "error", "interrupts", "stream_mode"]);
const INDEX_FIELDS = ["created_scope", "created_key", "updated_scope", "updated_key", "status_scope", "key_scope"];
const OURS = new Set(["pk", "sk", "ttl", "put_by", "due", "due_shard", ...INDEX_FIELDS]);

export const fieldsOf = (row: object): Item =>
  Object.fromEntries(
    Object.entries(row)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, JSON_FIELDS.has(name) ? JSON.stringify(value) : value]),
  );

/** Fields that we do not know are kept: a newer version may have written them. @throws Impossible if nested values are no JSON */
function fromAttributes(item: Item): Item {
  const row: Item = {};
  for (const name of Object.keys(item)) {
    if (OURS.has(name)) continue;
    const value = item[name];
    row[name] = JSON_FIELDS.has(name) && typeof value === "string" ? parseText(item, name, value) : value;
  }
  return row;
}

/** @param ttl seconds since 1970, for rows that go with their log */
export const threadItem = (row: ThreadRow, ttl: number | undefined): Item => ({
  ...threadKey(row.thread_id),
  ...fieldsOf(row),
  ...(row.temporary || row.deleted ? {} : indexFields(row)),
  ...(ttl !== undefined && { ttl }),
});

/** Callers may write anything there. What DynamoDB does not accept as a key goes into no index. */
const isKeyText = (text: string): boolean => text.length <= INDEXED_CHARACTERS && text.isWellFormed();

/** Threads with an owner are in the owner's partition; all others are spread by id. */
function indexFields(row: ThreadRow): Item {
  const { owner, graph_id } = row.metadata;
  const scope =
    typeof owner === "string" && isKeyText(owner) ? `o=${owner}` : `all#${hash32(row.thread_id) % OWNERLESS_SHARDS}`;
  return {
    created_scope: `T#${scope}`,
    created_key: `${row.created_at}#${row.thread_id}`,
    updated_scope: `T#${scope}`,
    updated_key: `${row.updated_at}#${row.thread_id}`,
    ...(row.status !== "idle" && { status_scope: `T#st=${row.status}#${scope}` }),
    ...(typeof graph_id === "string" && isKeyText(graph_id) && { key_scope: `T#graph_id=${graph_id}#${scope}` }),
  };
}

/** @throws Impossible if the item does not fit */
export function toThread(item: Item): ThreadRow {
  const row = fromAttributes(item);
  assertFits(row, THREAD_CHECKS, item);
  return row as object as ThreadRow;
}

export const runItem = (row: RunRow, ttl: number | undefined): Item => ({
  ...runKey(row.thread_id, row.run_id),
  ...fieldsOf(row),
  ...(ttl !== undefined && { ttl }),
});

/** @throws Impossible if the item does not fit */
export function toRun(item: Item): RunRow {
  const row = fromAttributes(item);
  assertFits(row, runChecks(row["status"]), item);
  return row as object as RunRow;
}
