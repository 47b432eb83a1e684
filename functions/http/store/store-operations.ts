/** Operations of the API document: the store. */
import { z } from "zod";
import { ItemAddress, ItemPut, ItemsSearch, NamespacesSearch } from "../../protocol/store.ts";
import { answersJson, answersNothing, Flag, type Operations } from "../openapi/operation.ts";
import { ItemResource } from "../openapi/resources.ts";

export const storeOperations: Operations = {
  "PUT /store/items": {
    summary: "Put an item",
    body: ItemPut,
    example: () => ({ namespace: ["notes"], key: "first", value: { text: "Hello" } }),
    answers: answersNothing(),
  },
  "GET /store/items": {
    summary: "Get an item, or null; labels of its namespace joined by dots",
    query: z.object({ namespace: z.string(), key: z.string(), refresh_ttl: Flag }),
    answers: answersJson(ItemResource.nullable()),
  },
  "DELETE /store/items": {
    summary: "Delete an item",
    body: ItemAddress,
    example: () => ({ namespace: ["notes"], key: "first" }),
    answers: answersNothing(),
  },
  "POST /store/items/search": {
    summary: "Search items below a namespace, by filter and by meaning",
    body: ItemsSearch,
    example: () => ({ namespace_prefix: ["notes"] }),
    answers: answersJson(z.object({ items: z.array(ItemResource.extend({ score: z.number().nullable() })) })),
  },
  "POST /store/namespaces": {
    summary: "List namespaces",
    body: NamespacesSearch,
    answers: answersJson(z.object({ namespaces: z.array(z.array(z.string())) })),
  },
};
