/**
 * What the indexes hold of a thread: one entry by creation, which never moves, one by update time among all threads, and one among those
 * of its owner. Every write of a thread moves the last two (2 write units each). Must not send anything.
 *
 * `T#<group>#all#<shard>` and `T#<group>#o=<owner>`, where the group is `rest` for idle and failed threads, `open` for those that run or
 * wait for a person: so a list of these reads no others.
 */
import type { ThreadRow } from "../../core/thread/thread-row.ts";
import type { ThreadStatus } from "../../protocol/thread.ts";
import { hash32 } from "../table/keys.ts";
import { INDEXED_CHARACTERS, THREAD_SHARDS } from "../table/limits.ts";

type Item = Record<string, unknown>;

export const THREAD_INDEX_FIELDS = ["created_scope", "created_key", "updated_scope", "owner_scope", "updated_key"];

const GROUPS = ["rest", "open"] as const;
type Group = (typeof GROUPS)[number];

const groupOf = (status: ThreadStatus): Group => (status === "busy" || status === "interrupted" ? "open" : "rest");
const groupsOf = (status?: ThreadStatus): readonly Group[] => (status ? [groupOf(status)] : GROUPS);

/** Callers may write anything there. What DynamoDB does not accept as a key has no partition of its own. */
const isKeyText = (text: string): boolean => text.length <= INDEXED_CHARACTERS && text.isWellFormed();

const shards = (scope: string): string[] => Array.from({ length: THREAD_SHARDS }, (_, shard) => `${scope}#${shard}`);

/** Attributes of a living thread's item, by which indexes hold it. */
export function threadIndexFields({ thread_id, created_at, updated_at, status, metadata }: ThreadRow): Item {
  const group = `T#${groupOf(status)}`;
  const shard = hash32(thread_id) % THREAD_SHARDS;
  const { owner } = metadata;
  return {
    created_scope: `T#all#${shard}`,
    created_key: `${created_at}#${thread_id}`,
    updated_scope: `${group}#all#${shard}`,
    updated_key: `${updated_at}#${thread_id}`,
    ...(typeof owner === "string" && isKeyText(owner) && { owner_scope: `${group}#o=${owner}` }),
  };
}

/** What an index entry's key says. */
export function keyOf({ updated_key }: Item): { thread_id: string; updated_at: string } {
  const [updated_at = "", thread_id = ""] = String(updated_key).split("#");
  return { thread_id, updated_at };
}

export const createdPartitions = (): string[] => shards("T#all");

export const updatedPartitions = (status?: ThreadStatus): string[] =>
  groupsOf(status).flatMap((group) => shards(`T#${group}#all`));

/** @returns undefined for an owner who has no partition */
export const ownerPartitions = (owner: string, status?: ThreadStatus): string[] | undefined =>
  isKeyText(owner) ? groupsOf(status).map((group) => `T#${group}#o=${owner}`) : undefined;
