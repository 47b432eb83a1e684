/** LangGraph's store over the table: what LangGraph's own store in memory answers, ours answers; what it keeps, others read. */
import * as lg from "@langchain/langgraph";
import { type BaseStore, InMemoryStore } from "@langchain/langgraph";
import { createItemStore } from "../../functions/aws/store/item-store.ts";
import { createStore } from "../../functions/engine/javascript/store/store.ts";
import { systemClock } from "../../functions/host/clock-and-ids.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";

let table: TestTable;
let now = Date.parse("2026-01-01");
const open = (): BaseStore => {
  const clock = { ...systemClock, now: () => (now += 1_000) };
  return createStore(lg, createItemStore({ ...table, clock }));
};
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

const ITEMS: [namespace: string[], key: string, value: Record<string, unknown>][] = [
  [["single"], "a", { n: 1 }],
  [["users", "ada"], "mood", { word: "glad", n: 1 }],
  [["users", "ada"], "food", { word: "ice cream", n: 2, nested: { deep: [1, 2] } }],
  [["users", "ada", "notes"], "one", { word: "memo", n: 3 }],
  [["users", "adam"], "mood", { word: "sad", n: 4 }],
  [["users", "eve", "notes", "old"], "one", { word: "memo", n: 5, ok: true }],
  [["us", "ers"], "x", { n: 6 }],
  [["#%strange", "läbel#1"], "key: with # and %", { n: 7 }],
];

async function filled(items: typeof ITEMS, ...stores: BaseStore[]): Promise<void> {
  for (const store of stores) {
    await store.batch([{ matchConditions: [], limit: 1, offset: 0 }]);
    for (const item of items) await store.put(...item);
  }
}

const known = (items: { namespace: string[]; key: string; value: unknown }[]) =>
  items
    .map(({ namespace, key, value }) => ({ namespace, key, value }))
    .toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));

describe("as the store in memory", () => {
  const memory = new InMemoryStore();
  let ours: BaseStore;
  beforeAll(async () => {
    ours = open();
    await filled(ITEMS, memory, ours);
    for (const store of [memory, ours]) await store.delete(["us", "ers"], "x");
    for (const store of [memory, ours]) await store.put(["users", "adam"], "mood", { word: "better", n: 4 });
  });

  test.each(ITEMS.map(([namespace, key]) => ({ namespace, key })))(
    "get $namespace $key",
    async ({ namespace, key }) => {
      const [expected, found] = await Promise.all([memory.get(namespace, key), ours.get(namespace, key)]);

      expect(found?.value).toEqual(expected?.value);
    },
  );

  test.each<[string, string[], Parameters<BaseStore["search"]>[1]]>([
    ["everywhere", [], {}],
    ["by one label", ["users"], {}],
    ["by one label of which another is a part", ["us"], {}],
    ["by two labels", ["users", "ada"], {}],
    ["by three labels", ["users", "ada", "notes"], {}],
    ["where nothing is", ["nobody", "here"], {}],
    ["by equality", ["users"], { filter: { word: "memo" } }],
    ["by truth", ["users"], { filter: { ok: true } }],
    ["above", ["users"], { filter: { n: { $gt: 2 } } }],
    ["between", ["users"], { filter: { n: { $gte: 2, $lte: 3 } } }],
    ["below", ["users"], { filter: { n: { $lt: 2 } } }],
    ["not equal", ["users"], { filter: { word: { $ne: "memo" } } }],
    ["by a query, unranked", ["users"], { query: "ice cream" }],
  ])("search %s", async (_, prefix, options) => {
    const [expected, found] = await Promise.all([memory.search(prefix, options), ours.search(prefix, options)]);

    expect(known(found)).toEqual(known(expected));
  });

  test.each<[string, Parameters<BaseStore["listNamespaces"]>[0]]>([
    ["all", {}],
    ["by prefix", { prefix: ["users"] }],
    ["by prefix with any label", { prefix: ["*", "ada"] }],
    ["by suffix", { suffix: ["notes"] }],
    ["cut", { prefix: ["users"], maxDepth: 2 }],
    ["a page", { limit: 2, offset: 1 }],
  ])("namespaces: %s", async (_, options) => {
    const mine = await ours.listNamespaces(options);
    // The store in memory goes on listing what it has emptied.
    const theirs = (await memory.listNamespaces({ ...options, limit: 100, offset: 0 })).filter(
      ([first]) => first !== "us",
    );

    const { limit = 100, offset = 0 } = options ?? {};
    expect(mine).toEqual(theirs.slice(offset, offset + limit));
  });
});

test("what one process has put another finds, strange names and all", async () => {
  await filled(ITEMS, open());

  const found = await open().search(["#%strange"]);

  expect(found).toMatchObject([{ namespace: ["#%strange", "läbel#1"], key: "key: with # and %", value: { n: 7 } }]);
});

test.each(["a text", ["a", "list"], 7, false])("a value that is no object is kept: %j", async (value) => {
  const stores = [new InMemoryStore(), open()];
  const item = [["values", typeof value], "k"] as const;
  // Its type says otherwise, and projects do it all the same.
  const kept = await Promise.all(
    stores.map(async (store) => {
      await store.put([...item[0]], item[1], value as never);
      return [await store.get([...item[0]], item[1]), ...(await store.search([...item[0]]))].map((one) => one?.value);
    }),
  );

  expect(kept[1]).toEqual(kept[0]);
  expect(await open().search([...item[0]], { filter: { length: 1 } })).toEqual([]);
});

test("last updated first, page by page; the time of creation stays", async () => {
  const store = open();
  for (const n of [1, 2, 3, 4]) await store.put(["pages", "p"], `k${n}`, { n });
  await store.put(["pages", "p"], "k2", { n: 22 });

  const pages = [await store.search(["pages"], { limit: 3 }), await store.search(["pages"], { limit: 3, offset: 3 })];

  expect(pages.map((page) => page.map(({ key }) => key))).toEqual([["k2", "k4", "k3"], ["k1"]]);
  const { createdAt, updatedAt } = (await store.get(["pages", "p"], "k2")) ?? {};
  expect(Number(updatedAt)).toBeGreaterThan(Number(createdAt));
});

test("reads of a batch see what was there before it; of two writes to one item the last counts", async () => {
  const store = open();
  const place = { namespace: ["batch", "b"], key: "k" };
  await store.put(place.namespace, place.key, { n: 1 });

  const results = await store.batch([{ ...place, value: { n: 2 } }, place, { ...place, value: { n: 3 } }]);

  expect(results).toMatchObject([undefined, { value: { n: 1 } }, undefined]);
  expect(await store.get(place.namespace, place.key)).toMatchObject({ value: { n: 3 } });
});

test("more items than a page of the table holds", async () => {
  const store = open();
  const text = Array.from({ length: 4_000 }, () => Math.random().toString(36)).join();
  for (let n = 0; n < 25; n++) await store.put(["large", "l"], `k${n}`, { n, text });

  const found = await store.search(["large", "l"], { limit: 100 });

  expect(found.map(({ value }) => Number(value["n"])).toSorted((a, b) => a - b)).toEqual([...Array(25).keys()]);
});

test("an item that cannot be kept is refused and changes nothing", async () => {
  const store = open();
  const text = Array.from({ length: 60_000 }, () => Math.random().toString(36)).join();

  await expect(store.put(["large", "l"], "too-large", { text })).rejects.toThrow("must not be larger");
  await expect(store.put(["large", "l"], "no-json", { n: 1n })).rejects.toThrow("cannot be written as JSON");
  expect(await store.get(["large", "l"], "too-large")).toBeNull();
});

describe("times to live", () => {
  const MINUTE = 60_000;
  const at = { now: Date.parse("2026-03-01") };
  const items = () => createItemStore({ ...table, clock: { ...systemClock, now: () => at.now } });
  const put = async (namespace: string[], ttl_minutes: number | undefined, value = { n: 1 }) => {
    at.now = Date.parse("2026-03-01");
    await items().put(namespace, "k", value, { ttl_minutes });
  };
  const search = (prefix: string[], refresh = false) => items().search({ prefix, limit: 10, offset: 0, refresh });

  test("an item is invisible from its last minute on, to every kind of read", async () => {
    await put(["ttl", "gone"], 10);
    at.now += 10 * MINUTE - 2_000;
    expect(await items().get(["ttl", "gone"], "k")).toMatchObject({ value: { n: 1 } });

    at.now += 3_000;

    expect(await items().get(["ttl", "gone"], "k")).toBeUndefined();
    expect(await search(["ttl"])).toEqual([]);
    expect(await search(["ttl", "gone"])).toEqual([]);
    expect(await items().namespaces({ matches: [{ kind: "prefix", path: ["ttl"] }], limit: 10, offset: 0 })).toEqual(
      [],
    );
  });

  test("what is put over an expired item is new; over a live one without a time it stays for ever", async () => {
    await put(["ttl", "again"], 1);
    at.now += 2 * MINUTE;
    await items().put(["ttl", "again"], "k", { n: 2 }, { ttl_minutes: 1 });
    const again = await items().get(["ttl", "again"], "k");
    await items().put(["ttl", "again"], "k", { n: 3 });
    at.now += 99 * MINUTE;

    expect(again?.created_at).toBe(again?.updated_at);
    expect(await items().get(["ttl", "again"], "k")).toMatchObject({ value: { n: 3 }, created_at: again?.created_at });
  });

  test.each<[string, (namespace: string[]) => Promise<unknown>]>([
    ["a get", (namespace) => items().get(namespace, "k", { refresh: true })],
    ["a search", (namespace) => search(namespace, true)],
  ])("%s that refreshes begins it anew, one that does not leaves it", async (name, read) => {
    const namespace = ["ttl", name];
    await put(namespace, 10);
    at.now += 8 * MINUTE;
    await read(namespace);
    at.now += 8 * MINUTE;
    expect(await items().get(namespace, "k")).toBeDefined();

    at.now += 3 * MINUTE;

    expect(await items().get(namespace, "k")).toBeUndefined();
    await read(namespace);
    expect(await items().get(namespace, "k")).toBeUndefined();
  });
});
