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

/** Threads in the order of their creation. Never moves, so that it holds keys alone. */
export const BY_CREATED: IndexShape = {
  name: "by-created",
  partition: { name: "created_scope", type: "S" },
  sort: { name: "created_key", type: "S" },
  projection: "KEYS_ONLY",
  readBy: ["api"],
};

/** What searches filter by and show, beside the keys. Of a large thread the nested ones are elsewhere. */
export const SUMMARY_FIELDS = [
  "created_at",
  "state_updated_at",
  "status",
  "graph_id",
  "metadata",
  "config",
  "head",
  "error",
  "interrupts",
  "lifetime",
] as const;

/** Threads without an active run by their last change: all, and those with an owner once more. */
export const BY_UPDATED: IndexShape = {
  name: "by-change",
  partition: { name: "updated_scope", type: "S" },
  sort: { name: "updated_key", type: "S" },
  projection: { include: [...SUMMARY_FIELDS] },
  readBy: ["api"],
};
export const BY_OWNER: IndexShape = {
  ...BY_UPDATED,
  name: "by-owner",
  partition: { name: "owner_scope", type: "S" },
};

/** Whatever the sweeper must look at, by when. It has every active run, by which searches find the threads that are busy. */
export const DUE: IndexShape = {
  name: "by-due",
  partition: { name: "due_shard", type: "S" },
  sort: { name: "due", type: "N" },
  projection: { include: ["busy_scope"] },
  // The API searches busy threads and cancels all runs in flight by it.
  readBy: ["api", "sweeper"],
};

export const INDEXES: readonly IndexShape[] = [BY_CREATED, BY_UPDATED, BY_OWNER, DUE];
