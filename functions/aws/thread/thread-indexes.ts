/**
 * What the indexes hold of a thread: one entry by creation, which never moves, one by update time among all threads, and one among those
 * of its owner. Must not send anything.
 *
 * A thread that is `listed_by_run` has no entries by update time. Searches find it by the entry of its run in `by-due`, which says the
 * owner. So a run removes an entry when it begins and puts one when it ends, 2 write units; with an owner two entries, 4 units.
 *
 * Partitions are `T#<group>#all#<shard>` and `T#<group>#o=<owner>`. The group is `rest` for threads that are idle or failed, and `open` for
 * those that wait for a person, so that a list of the latter reads no others.
 */
import type { ThreadRow } from "../../core/thread/thread-row.ts";
import type { JsonObject } from "../../protocol/json.ts";
import type { ThreadStatus } from "../../protocol/thread.ts";
import { type Attributes, dueShard, dueShards, hash32 } from "../table/keys.ts";
import { INDEXED_CHARACTERS, THREAD_SHARDS } from "../table/limits.ts";

export const THREAD_INDEX_FIELDS = ["created_scope", "created_key", "updated_scope", "owner_scope", "updated_key"];

const GROUPS = ["rest", "open"] as const;
type Group = (typeof GROUPS)[number];

const groupOf = (status: ThreadStatus): Group => (status === "busy" || status === "interrupted" ? "open" : "rest");
const groupsOf = (status?: ThreadStatus): readonly Group[] => (status ? [groupOf(status)] : GROUPS);

/** Whether DynamoDB accepts it as a key. Callers may name anything as the owner; other owners have no partition. */
const isKeyText = (text: unknown): text is string =>
  typeof text === "string" && text.length <= INDEXED_CHARACTERS && text.isWellFormed();

const shards = (scope: string): string[] => Array.from({ length: THREAD_SHARDS }, (_, shard) => `${scope}#${shard}`);

/** undefined also for an owner who has no partition. */
const ownerOf = ({ owner }: JsonObject): string | undefined => (isKeyText(owner) ? owner : undefined);
const scopeOf = (owner: string | undefined): string => (owner === undefined ? "all" : `o=${owner}`);

/** Attributes of a living thread's item, by which indexes hold it. */
export function threadIndexFields(row: ThreadRow): Attributes {
  const { thread_id, created_at, updated_at, status, metadata } = row;
  const shard = hash32(thread_id) % THREAD_SHARDS;
  const created = { created_scope: `T#all#${shard}`, created_key: `${created_at}#${thread_id}` };
  const isFoundByRun = row.active_run !== null && row.listed_by_run;
  if (isFoundByRun) return created;
  const group = `T#${groupOf(status)}`;
  const owner = ownerOf(metadata);
  return {
    ...created,
    updated_scope: `${group}#all#${shard}`,
    updated_key: updatedKey({ thread_id, updated_at }),
    ...(owner !== undefined && { owner_scope: `${group}#${scopeOf(owner)}` }),
  };
}

/** Attributes of a run's item while it is active: its partition of `by-due`, and whose thread it makes busy. */
export function activeRunFields({ metadata, temporary }: ThreadRow, run_id: string): Attributes {
  const owner = temporary ? undefined : ownerOf(metadata);
  return { due_shard: dueShard(owner ?? run_id), ...(!temporary && { busy_scope: scopeOf(owner) }) };
}
export const ACTIVE_RUN_FIELDS = ["due", "due_shard", "busy_scope"];

/** Sorts threads by their last change; those of one moment by id. */
export const updatedKey = ({ thread_id, updated_at }: Pick<ThreadRow, "thread_id" | "updated_at">): string =>
  `${updated_at}#${thread_id}`;

/** What an index entry's key says. */
export function keyOf({ updated_key }: Attributes): { thread_id: string; updated_at: string } {
  const [updated_at = "", thread_id = ""] = String(updated_key).split("#");
  return { thread_id, updated_at };
}

export const createdPartitions = (): string[] => shards("T#all");

export const updatedPartitions = (status?: ThreadStatus): string[] =>
  groupsOf(status).flatMap((group) => shards(`T#${group}#all`));

/** @returns undefined for an owner who has no partition */
export const ownerPartitions = (owner: string, status?: ThreadStatus): string[] | undefined =>
  isKeyText(owner) ? groupsOf(status).map((group) => `T#${group}#${scopeOf(owner)}`) : undefined;

/** Partitions of `by-due` with the active runs of an owner's threads, or of all; `scope` is the owner's `busy_scope`. */
export const busyPartitions = (owner: string | undefined): { shards: string[]; scope?: string } =>
  isKeyText(owner) ? { shards: [dueShard(owner)], scope: scopeOf(owner) } : { shards: dueShards() };
