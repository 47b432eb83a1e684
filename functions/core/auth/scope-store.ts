/** The project's store as one request sees it. A filter is matched against an item's `namespace`, `key` and `value`. */
import type { ProjectStore } from "../store/project-store.ts";
import type { FoundItem, StoredItem } from "../store/store-port.ts";
import { isInSight, OutOfSight, type Scope, sightOf } from "./scope.ts";

/** Items that a search with a filter reads at once: some are not shown. */
const PAGE = 100;

export function scopeStore(store: ProjectStore, scope: Scope): ProjectStore {
  const isShown = ({ namespace, key, value }: Pick<StoredItem, "namespace" | "key" | "value">): boolean =>
    isInSight(sightOf(scope, "store"), { namespace, key, value });
  /** Of the item that is there, if there is one. */
  const demand = async (namespace: readonly string[], key: string): Promise<void> => {
    if (sightOf(scope, "store").kind === "all") return;
    const item = await store.get(namespace, key, { refresh: false });
    if (item && !isShown(item)) throw new OutOfSight("an item of the store");
  };
  return {
    async get(namespace, key, options) {
      const item = await store.get(namespace, key, options);
      return item && isShown(item) ? item : undefined;
    },
    async put(namespace, key, value, options) {
      await demand(namespace, key);
      if (!isShown({ namespace: [...namespace], key, value })) throw new OutOfSight("an item of the store");
      return store.put(namespace, key, value, options);
    },
    async remove(namespace, key) {
      await demand(namespace, key);
      return store.remove(namespace, key);
    },
    async search(search) {
      if (sightOf(scope, "store").kind === "all") return store.search(search);
      const { offset, limit } = search;
      const shown: FoundItem[] = [];
      for (let from = 0; shown.length < offset + limit; from += PAGE) {
        const page = await store.search({ ...search, offset: from, limit: PAGE });
        shown.push(...page.filter(isShown));
        if (page.length < PAGE) break;
      }
      return shown.slice(offset, offset + limit);
    },
    async namespaces(query) {
      const sight = sightOf(scope, "store");
      // A filter looks at items, and a list of namespaces has none.
      if (sight.kind === "filter" && Object.keys(sight.filter).length > 0)
        throw new OutOfSight("namespaces of the store by a filter");
      return sight.kind === "none" ? [] : store.namespaces(query);
    },
  };
}
