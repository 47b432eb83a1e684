/** The port of the store: JSON documents under namespaces, for all threads of a deployment. Must not know LangGraph nor keys. */
import type { Json } from "../../protocol/json.ts";

export interface StoredItem {
  /** At least one label; none is empty. */
  namespace: string[];
  key: string;
  value: Json;
  /** ISO 8601. */
  created_at: string;
  updated_at: string;
}

export interface FoundItem extends StoredItem {
  /** Cosine similarity to what was asked for, the best of its vectors; absent if the item has none, or nothing was asked for. */
  score?: number;
}

export interface ItemSearch {
  /** Whole labels from the left; empty = everywhere. */
  prefix: readonly string[];
  /** Conditions on top-level keys of the value, as `matchesFilter` reads them. */
  filter?: Readonly<Record<string, unknown>> | undefined;
  limit: number;
  offset: number;
  /** Ranks by similarity to this; absent = last updated first. */
  near?: Float32Array | undefined;
  /** The time to live of what is found starts again. */
  refresh?: boolean | undefined;
}

export interface KeepItem {
  /** The item expires so many minutes after its last write or refresh; absent = it stays. */
  ttl_minutes?: number | undefined;
  /** Of one length; what a search by `near` compares. */
  vectors?: readonly Float32Array[] | undefined;
}

export interface NamespaceMatch {
  kind: "prefix" | "suffix";
  /** Labels; `*` is any one label. */
  path: readonly string[];
}

export interface NamespaceQuery {
  matches: readonly NamespaceMatch[];
  /** Namespaces are cut to this many labels. */
  max_depth?: number | undefined;
  limit: number;
  offset: number;
}

/** No call sees an item that has expired. */
export interface ItemStore {
  get(
    namespace: readonly string[],
    key: string,
    options?: { refresh?: boolean | undefined },
  ): Promise<StoredItem | undefined>;
  /** `created_at` of an item that exists stays. @throws TooLarge for what does not fit into an item */
  put(namespace: readonly string[], key: string, value: Json, keep?: KeepItem): Promise<void>;
  remove(namespace: readonly string[], key: string): Promise<void>;
  search(search: ItemSearch): Promise<FoundItem[]>;
  /** In the order of their labels; only those that hold an item. */
  namespaces(query: NamespaceQuery): Promise<string[][]>;
}
