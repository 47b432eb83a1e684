/** The table's shape, read by the CDK construct, the local system and the tests. */
import type { StoreConfig } from "../../protocol/manifest.ts";

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

/** The index of store items by meaning, which a table has if its owner wants it. Its partition is the table's. */
export interface VectorIndexShape {
  name: string;
  /** Attribute of the vector, a list of numbers. */
  vector: string;
  dims: number;
  /** Functions that may search it. */
  readBy: readonly ("api" | "worker")[];
}

/** Labels of a namespace after the two of its partition, by which a search of the vector index filters. */
export const LABEL_FILTERS = ["label3", "label4", "label5", "label6"];
/** DynamoDB's limit. */
const MOST_DIMS = 4_096;

/** Another length is another index on another attribute: DynamoDB changes neither, and refuses vectors of a wrong length. */
export const vectorIndexOf = (dims: number): VectorIndexShape => ({
  name: `by-meaning-${dims}`,
  vector: `x${dims}`,
  dims,
  readBy: ["api", "worker"],
});

/** The vector index of a project, or why it can have none. */
export function vectorIndexFor({ index }: StoreConfig): VectorIndexShape | { unfit: string } {
  if (!index) return { unfit: "langgraph.json has no store.index" };
  const { dims, fields = [] } = index;
  if (dims > MOST_DIMS) return { unfit: `store.index.dims is ${dims}, and DynamoDB indexes ${MOST_DIMS} at most` };
  if (fields.length > 1 || fields.some((path) => /[*{]/.test(path)))
    return { unfit: "store.index.fields gives an item several vectors, and DynamoDB indexes one" };
  return vectorIndexOf(dims);
}

/** Every attribute that the table has to know the type of: keys of it and its indexes, filters of its vector index. */
export function typedAttributes(indexes: readonly IndexShape[], vectorIndex: boolean): Map<string, "S" | "N"> {
  return new Map<string, "S" | "N">([
    [PARTITION_KEY, "S"],
    [SORT_KEY, "S"],
    ...indexes.flatMap(({ partition, sort }) => [partition, sort]).map(({ name, type }) => [name, type] as const),
    ...(vectorIndex ? LABEL_FILTERS.map((name) => [name, "S"] as const) : []),
  ]);
}
