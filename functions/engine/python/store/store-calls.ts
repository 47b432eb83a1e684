/** The calls of the Python child's store (`child/threadline_child/store.py`). Values are JSON, as in the API. */
import type { ProjectStore } from "../../../core/store/project-store.ts";
import type { FoundItem, NamespaceMatch } from "../../../core/store/store-port.ts";
import type { Json } from "../../../protocol/json.ts";
import type { Answer } from "../process/child.ts";
import type { Header } from "../process/frames.ts";

interface Item {
  namespace: string[];
  key: string;
}

type Put = Item & { kind: "put"; value: Json; index: string[] | false | null; ttl: number | null };

type Operation =
  | (Item & { kind: "get"; refresh: boolean })
  | Put
  | {
      kind: "search";
      prefix: string[];
      filter: Record<string, unknown> | null;
      query: string | null;
      limit: number;
      offset: number;
      refresh: boolean;
    }
  | { kind: "namespaces"; matches: NamespaceMatch[]; max_depth: number | null; limit: number; offset: number };

/** Reads see what was there before the writes of their batch. Of two writes to one item the last counts. */
export async function storeBatch(items: ProjectStore, header: Header): Promise<Answer> {
  const operations = header["ops"] as Operation[];
  const results = await Promise.all(operations.map((operation) => read(items, operation)));
  const puts = operations.flatMap((operation): [string, Put][] =>
    operation.kind === "put" ? [[JSON.stringify([...operation.namespace, operation.key]), operation]] : [],
  );
  await Promise.all([...new Map(puts).values()].map((put) => write(items, put)));
  return { ok: results };
}

function write(items: ProjectStore, { namespace, key, value, index, ttl }: Put): Promise<void> {
  if (value === null) return items.remove(namespace, key);
  return items.put(namespace, key, value, { index: index ?? undefined, ...(ttl !== null && { ttl_minutes: ttl }) });
}

async function read(items: ProjectStore, operation: Operation): Promise<unknown> {
  switch (operation.kind) {
    case "put":
      return null;
    case "get": {
      const { namespace, key, refresh } = operation;
      const item = await items.get(namespace, key, { refresh });
      return item ? shown(item) : null;
    }
    case "search": {
      const { prefix, filter, query, limit, offset, refresh } = operation;
      const asked = { prefix, filter: filter ?? undefined, query: query ?? undefined, limit, offset, refresh };
      return (await items.search(asked)).map(shown);
    }
    case "namespaces": {
      const { matches, max_depth, limit, offset } = operation;
      return items.namespaces({ matches, max_depth: max_depth ?? undefined, limit, offset });
    }
  }
}

const shown = ({ namespace, key, value, created_at, updated_at, score }: FoundItem) => ({
  namespace,
  key,
  value,
  created_at,
  updated_at,
  ...(score !== undefined && { score }),
});
