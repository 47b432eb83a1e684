/** LangGraph's store: a subclass of the project's own `BaseStore` over the port ProjectStore. Values are JSON, as in the API. */
import type { BaseStore, Operation } from "@langchain/langgraph";
import type { ProjectStore } from "../../../core/store/project-store.ts";
import type { FoundItem, NamespaceMatch } from "../../../core/store/store-port.ts";
import { toPlain } from "../events/to-json.ts";
import type { LangGraph } from "../langgraph.ts";

type Store = new (items: ProjectStore) => BaseStore;

const classes = new WeakMap<LangGraph, Store>();
const DEFAULT_LIMIT = 10;

/** A store for graphs of this very copy of LangGraph. */
export function createStore(lg: LangGraph, items: ProjectStore): BaseStore {
  let Derived = classes.get(lg);
  if (!Derived) classes.set(lg, (Derived = derive(lg)));
  return new Derived(items);
}

function derive(lg: LangGraph): Store {
  return class ThreadlineStore extends lg.BaseStore {
    readonly #items: ProjectStore;

    constructor(items: ProjectStore) {
      super();
      this.#items = items;
    }

    /** LangGraph logs configs, which contain the store. */
    toJSON(): string {
      return "[ThreadlineStore]";
    }

    override batch(operations: Operation[]): Promise<never> {
      return perform(this.#items, operations) as Promise<never>;
    }
  };
}

/** Reads see what was there before the writes of their batch. Of two writes to one item the last counts. */
async function perform(items: ProjectStore, operations: readonly Operation[]): Promise<unknown[]> {
  const results = await Promise.all(operations.map((operation) => read(items, operation)));
  const writes = new Map(
    operations.flatMap((operation) => ("value" in operation ? [[addressOf(operation), operation]] : [])),
  );
  await Promise.all(
    [...writes.values()].map(({ namespace, key, value, index }) =>
      value === null
        ? items.remove(namespace, key)
        : items.put(namespace, key, toPlain(value, `The store item "${key}"`), { index }),
    ),
  );
  return results;
}

const addressOf = ({ namespace, key }: { namespace: string[]; key: string }): string =>
  JSON.stringify([...namespace, key]);

async function read(items: ProjectStore, operation: Operation): Promise<unknown> {
  if ("value" in operation) return undefined;
  if ("key" in operation) {
    const item = await items.get(operation.namespace, operation.key);
    return item ? shown(item) : null;
  }
  if ("namespacePrefix" in operation) {
    const { namespacePrefix: prefix, filter, query, limit = DEFAULT_LIMIT, offset = 0 } = operation;
    return (await items.search({ prefix, filter, query, limit, offset })).map(shown);
  }
  const { matchConditions = [], maxDepth, limit, offset } = operation;
  const matches = matchConditions.map(({ matchType: kind, path }): NamespaceMatch => ({ kind, path }));
  return items.namespaces({ matches, max_depth: maxDepth, limit, offset });
}

const shown = ({ namespace, key, value, created_at, updated_at, score }: FoundItem) => ({
  namespace,
  key,
  value,
  createdAt: new Date(created_at),
  updatedAt: new Date(updated_at),
  ...(score !== undefined && { score }),
});
