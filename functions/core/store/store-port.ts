/** The port of the store: JSON documents under namespaces, for all threads of a deployment. */
import type { JsonObject } from "../../protocol/json.ts";

export interface StoredItem {
  /** At least one label; none is empty. */
  namespace: string[];
  key: string;
  value: JsonObject;
  /** ISO 8601. */
  created_at: string;
  updated_at: string;
}

export interface ItemSearch {
  /** Whole labels from the left; empty = everywhere. */
  prefix: readonly string[];
  /** Conditions on top-level keys of the value, as `matchesFilter` reads them. */
  filter?: Readonly<Record<string, unknown>> | undefined;
  limit: number;
  offset: number;
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

export interface ItemStore {
  get(namespace: readonly string[], key: string): Promise<StoredItem | undefined>;
  /** `created_at` of an item that exists stays. Rejects for a value that does not fit into an item. */
  put(namespace: readonly string[], key: string, value: JsonObject): Promise<void>;
  remove(namespace: readonly string[], key: string): Promise<void>;
  /** Last updated first. */
  search(search: ItemSearch): Promise<StoredItem[]>;
  /** In the order of their labels; only those that hold an item. */
  namespaces(query: NamespaceQuery): Promise<string[][]>;
}
