/** `/store`: the items that the project's graphs have in their store, over HTTP. */
import { z } from "zod";
import { TooLarge } from "../../core/json/size-limits.ts";
import type { ProjectStore } from "../../core/store/project-store.ts";
import type { FoundItem } from "../../core/store/store-port.ts";
import { ItemAddress, ItemPut, ItemsSearch, NamespacesSearch } from "../../protocol/store.ts";
import type { Gate } from "../access/gate.ts";
import { check, readBody } from "../request/read-body.ts";
import { queryOf, readBoolean } from "../request/read-query.ts";
import { HttpError } from "../server/http-error.ts";
import { empty, json } from "../server/respond.ts";
import type { Asked, Routes } from "../server/routes.ts";

/** As handlers of auth see them: each has the namespace by the same name. */
const { namespace_prefix, ...searched } = ItemsSearch.shape;
const SearchValue = z.object({ ...searched, namespace: namespace_prefix });
const { prefix: listedPrefix, ...listed } = NamespacesSearch.shape;
const NamespacesValue = z.object({ ...listed, namespace: listedPrefix });

export const storeRoutes = ({ enter }: Gate): Routes => {
  /** With the namespace that a handler has written in place of the caller's. */
  const enterStore = async <Value extends Record<string, unknown>>(
    asked: Asked,
    action: "put" | "get" | "delete" | "search" | "list_namespaces",
    given: Value,
    schema: z.ZodType<Value>,
  ): Promise<{ store: ProjectStore; value: Value }> => {
    const { ports, user, value } = await enter(asked, { resource: "store", action, value: given });
    return { store: ports.engine.store(), value: user ? check(schema, value) : given };
  };

  return {
    "PUT /store/items": async (asked) => {
      const { store, value: put } = await enterStore(asked, "put", await readBody(asked.req.raw, ItemPut), ItemPut);
      const { namespace, key, value, index, ttl } = put;
      await within(store.put(namespace, key, value, { index, ttl_minutes: ttl }));
      return empty(204);
    },
    "GET /store/items": async (asked) => {
      const query = queryOf(asked);
      // Both SDKs join the labels with dots; the official document has a list.
      const labels = query.getAll("namespace").flatMap((text) => text.split("."));
      const address = check(ItemAddress, { namespace: labels, key: query.get("key") ?? undefined });
      const { store, value } = await enterStore(asked, "get", address, ItemAddress);
      const { namespace, key } = value;
      const refresh = query.has("refresh_ttl") ? readBoolean(query, "refresh_ttl") : undefined;
      return json((await within(store.get(namespace, key, { refresh }))) ?? null);
    },
    "DELETE /store/items": async (asked) => {
      const { store, value } = await enterStore(
        asked,
        "delete",
        await readBody(asked.req.raw, ItemAddress),
        ItemAddress,
      );
      const { namespace, key } = value;
      await within(store.remove(namespace, key));
      return empty(204);
    },
    "POST /store/items/search": async (asked) => {
      const { namespace_prefix: namespace, ...asks } = await readBody(asked.req.raw, ItemsSearch);
      const { store, value } = await enterStore(asked, "search", { ...asks, namespace }, SearchValue);
      const { namespace: prefix, refresh_ttl: refresh, ...search } = value;
      const items = await within(store.search({ ...search, prefix, refresh }));
      return json({ items: items.map(shown) });
    },
    "POST /store/namespaces": async (asked) => {
      const { prefix: namespace, ...asks } = await readBody(asked.req.raw, NamespacesSearch);
      const { store, value } = await enterStore(asked, "list_namespaces", { ...asks, namespace }, NamespacesValue);
      const { namespace: prefix, suffix, ...query } = value;
      const matches = [
        ...(prefix ? [{ kind: "prefix" as const, path: prefix }] : []),
        ...(suffix ? [{ kind: "suffix" as const, path: suffix }] : []),
      ];
      return json({ namespaces: await store.namespaces({ ...query, matches }) });
    },
  };
};

/** @throws HttpError 422 for what is beyond a limit of the store */
const within = <T>(call: Promise<T>): Promise<T> =>
  call.catch((error: unknown) => {
    throw error instanceof TooLarge ? new HttpError(422, error.message) : error;
  });

const shown = (item: FoundItem) => ({ ...item, score: item.score ?? null });
