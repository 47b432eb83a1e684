/** `/store`: the items that the project's graphs have in their store, over HTTP. */
import { TooLarge } from "../../core/json/size-limits.ts";
import type { Ports } from "../../core/ports.ts";
import type { FoundItem } from "../../core/store/store-port.ts";
import { ItemAddress, ItemPut, ItemsSearch, NamespacesSearch } from "../../protocol/store.ts";
import { check, readBody } from "../request/read-body.ts";
import { queryOf, readBoolean } from "../request/read-query.ts";
import { HttpError } from "../server/http-error.ts";
import { empty, json } from "../server/respond.ts";
import type { Routes } from "../server/routes.ts";

export const storeRoutes = ({ engine }: Pick<Ports, "engine">): Routes => ({
  "PUT /store/items": async (asked) => {
    const { namespace, key, value, index, ttl } = await readBody(asked.req.raw, ItemPut);
    await within(engine.store().put(namespace, key, value, { index, ttl_minutes: ttl }));
    return empty(204);
  },
  "GET /store/items": async (asked) => {
    const query = queryOf(asked);
    // Both SDKs join the labels with dots; the official document has a list.
    const labels = query.getAll("namespace").flatMap((text) => text.split("."));
    const { namespace, key } = check(ItemAddress, { namespace: labels, key: query.get("key") ?? undefined });
    const refresh = query.has("refresh_ttl") ? readBoolean(query, "refresh_ttl") : undefined;
    return json((await within(engine.store().get(namespace, key, { refresh }))) ?? null);
  },
  "DELETE /store/items": async (asked) => {
    const { namespace, key } = await readBody(asked.req.raw, ItemAddress);
    await within(engine.store().remove(namespace, key));
    return empty(204);
  },
  "POST /store/items/search": async (asked) => {
    const { namespace_prefix: prefix, refresh_ttl: refresh, ...search } = await readBody(asked.req.raw, ItemsSearch);
    const items = await within(engine.store().search({ ...search, prefix, refresh }));
    return json({ items: items.map(shown) });
  },
  "POST /store/namespaces": async (asked) => {
    const { prefix, suffix, ...query } = await readBody(asked.req.raw, NamespacesSearch);
    const matches = [
      ...(prefix ? [{ kind: "prefix" as const, path: prefix }] : []),
      ...(suffix ? [{ kind: "suffix" as const, path: suffix }] : []),
    ];
    return json({ namespaces: await engine.store().namespaces({ ...query, matches }) });
  },
});

/** @throws HttpError 422 for what is beyond a limit of the store */
const within = <T>(call: Promise<T>): Promise<T> =>
  call.catch((error: unknown) => {
    throw error instanceof TooLarge ? new HttpError(422, error.message) : error;
  });

const shown = (item: FoundItem) => ({ ...item, score: item.score ?? null });
