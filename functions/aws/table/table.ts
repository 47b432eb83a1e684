/** The table's shape, read by the CDK construct, the local system and the tests. */
export const PARTITION_KEY = "pk";
export const SORT_KEY = "sk";
/** Seconds since 1970; DynamoDB deletes late, so readers filter by it and conditions ignore it. */
export const TTL_ATTRIBUTE = "ttl";

export interface IndexShape {
  name: string;
  partition: { name: string; type: "S" };
  sort: { name: string; type: "S" | "N" };
  projection: "KEYS_ONLY" | { include: string[] };
  /** Functions that may query it. */
  readBy: readonly ("api" | "worker" | "sweeper")[];
}

/**
 * Threads by time, status and one metadata key, and the list of everything that is due. All are sparse. Nothing searches threads yet; their
 * rows carry the attributes already, so that a later search finds them.
 */
export const INDEXES: IndexShape[] = [
  {
    name: "by-created",
    partition: { name: "created_scope", type: "S" },
    sort: { name: "created_key", type: "S" },
    projection: "KEYS_ONLY",
    readBy: [],
  },
  {
    name: "by-updated",
    partition: { name: "updated_scope", type: "S" },
    sort: { name: "updated_key", type: "S" },
    projection: { include: ["status", "created_at", "metadata"] },
    readBy: [],
  },
  {
    name: "by-status",
    partition: { name: "status_scope", type: "S" },
    sort: { name: "updated_key", type: "S" },
    projection: "KEYS_ONLY",
    readBy: [],
  },
  {
    name: "by-key",
    partition: { name: "key_scope", type: "S" },
    sort: { name: "updated_key", type: "S" },
    projection: "KEYS_ONLY",
    readBy: [],
  },
  {
    name: "due",
    partition: { name: "due_shard", type: "S" },
    sort: { name: "due", type: "N" },
    projection: "KEYS_ONLY",
    // The API cancels all runs in flight by it.
    readBy: ["api", "sweeper"],
  },
];

export const DUE_INDEX = "due";
