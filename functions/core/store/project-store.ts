/**
 * The store as a project has set it up, for its graphs and for HTTP: how long items live (`store.ttl`), and what of them a search by a
 * query compares (`store.index`). Must not know which model embeds.
 */
import type { Json } from "../../protocol/json.ts";
import type { StoreConfig } from "../../protocol/manifest.ts";
import type { FoundItem, ItemSearch, ItemStore } from "./store-port.ts";
import { textsAt } from "./text-at-path.ts";

/** The project's own model. */
export interface Embedder {
  /** A vector of the configured length for each text. Rejects, with what is wrong with the model, at its use. */
  embed(texts: readonly string[]): Promise<Float32Array[]>;
}

export interface PutOptions {
  /** Minutes; absent = `store.ttl.default_ttl`. */
  ttl_minutes?: number | undefined;
  /** Paths of what is embedded, `false` for nothing; absent = `store.index.fields`. */
  index?: false | readonly string[] | undefined;
}

export interface ProjectSearch extends Omit<ItemSearch, "near"> {
  /** Without `store.index` it ranks nothing. */
  query?: string | undefined;
}

export interface ProjectStore extends Pick<ItemStore, "remove" | "namespaces" | "get"> {
  put(namespace: readonly string[], key: string, value: Json, options?: PutOptions): Promise<void>;
  search(search: ProjectSearch): Promise<FoundItem[]>;
}

export function projectStore(items: ItemStore, config: StoreConfig, embedder: Embedder | undefined): ProjectStore {
  const { ttl = {}, index } = config;
  const refreshes = (asked: boolean | undefined): boolean => asked ?? ttl.refresh_on_read ?? true;

  const vectorsOf = async (value: Json, paths: PutOptions["index"]): Promise<Float32Array[]> => {
    if (!embedder || paths === false) return [];
    const texts = (paths ?? index?.fields ?? ["$"]).flatMap((path) => textsAt(value, path));
    return texts.length === 0 ? [] : embedder.embed(texts);
  };

  return {
    get: (namespace, key, { refresh } = {}) => items.get(namespace, key, { refresh: refreshes(refresh) }),
    async put(namespace, key, value, { ttl_minutes = ttl.default_ttl, index: paths } = {}) {
      await items.put(namespace, key, value, { ttl_minutes, vectors: await vectorsOf(value, paths) });
    },
    remove: (namespace, key) => items.remove(namespace, key),
    async search({ query, refresh, ...search }) {
      const [near] = embedder && query ? await embedder.embed([query]) : [];
      return items.search({ ...search, near, refresh: refreshes(refresh) });
    },
    namespaces: (query) => items.namespaces(query),
  };
}
