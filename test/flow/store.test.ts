/** The store over HTTP with the stock SDK: the same items as those of the graphs, searches by filter and by meaning, times to live. */
import { Client } from "@langchain/langgraph-sdk";
import { startServer, type TestServer } from "../support/server.ts";
import { json, post } from "../support/sse.ts";

let server: TestServer;
let client: Client;
beforeAll(async () => {
  server = await startServer({ config: "test/fixtures/store/langgraph.json" });
  client = new Client({ apiUrl: server.url, apiKey: null });
});
afterAll(() => server.stop());

const send = (method: string, path: string, body: unknown) =>
  fetch(`${server.url}${path}`, {
    method,
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
const keysOf = ({ items }: { items: { key: string }[] }) => items.map(({ key }) => key);

describe("items", () => {
  it("are put, read, changed and deleted; one that is not there is null, and may be deleted again", async () => {
    const namespace = ["people", "ada:1"];
    await client.store.putItem(namespace, "mood", { word: "glad" });
    const first = await client.store.getItem(namespace, "mood");
    await client.store.putItem(namespace, "mood", { word: "sad" });

    const second = await client.store.getItem(namespace, "mood");
    await client.store.deleteItem(namespace, "mood");

    expect(first).toMatchObject({ namespace, key: "mood", value: { word: "glad" }, createdAt: expect.any(String) });
    expect(second).toMatchObject({ value: { word: "sad" }, createdAt: first?.createdAt });
    expect(await client.store.getItem(namespace, "mood")).toBeNull();
    expect((await send("DELETE", "/store/items", { namespace, key: "mood" })).status).toBe(204);
  });

  it("are those of the graphs", async () => {
    await client.store.putItem(["notes", "of people"], "theirs", { text: "a cat and a dog" });
    const thread = await client.threads.create();

    const values = await client.runs.wait(thread.thread_id, "memory", {
      input: { key: "ours", text: "two cats: cat, cat" },
    });

    expect(values).toMatchObject({ found: ["ours", "theirs"] });
    const item = await client.store.getItem(["notes", "of a graph"], "ours");
    expect(item?.value).toEqual({ text: "two cats: cat, cat" });
  });

  it("of a namespace that is repeated in the query, as the official document has it", async () => {
    await client.store.putItem(["query", "form"], "k", { n: 1 });

    const item = await json(fetch(`${server.url}/store/items?namespace=query&namespace=form&key=k`));

    expect(item).toMatchObject({ namespace: ["query", "form"], value: { n: 1 } });
  });
});

describe("searches", () => {
  beforeAll(async () => {
    const items = [
      { n: 1, word: "one", tags: ["a"] },
      { n: 2, word: "two", text: "the rain in spring: rain, rain" },
      { n: 3, word: "three", text: "bread and soup" },
    ];
    for (const value of items) await client.store.putItem(["search", "here"], value.word, value);
    await client.store.putItem(["search", "hereafter"], "other", { n: 4 });
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    ["a value", { n: 2 }, ["two"]],
    ["a list", { tags: ["a"] }, ["one"]],
    ["$eq", { n: { $eq: 1 } }, ["one"]],
    ["$ne", { n: { $ne: 1 } }, ["three", "two"]],
    ["$gt", { n: { $gt: 1 } }, ["three", "two"]],
    ["$gte and $lt", { n: { $gte: 2, $lt: 3 } }, ["two"]],
    ["$lte", { n: { $lte: 1 } }, ["one"]],
    ["$in", { word: { $in: ["one", "two"] } }, ["two", "one"]],
    ["$nin", { word: { $nin: ["one", "two"] } }, ["three"]],
    ["nothing that fits", { n: 9 }, []],
  ])("by %s, the last updated first", async (_name, filter, keys) => {
    expect(keysOf(await client.store.searchItems(["search", "here"], { filter }))).toEqual(keys);
  });

  it("below whole labels only, and page by page", async () => {
    const all = await client.store.searchItems(["search"], { limit: 10 });
    const page = await client.store.searchItems(["search"], { limit: 2, offset: 1 });

    expect(keysOf(await client.store.searchItems(["search", "here"]))).toHaveLength(3);
    expect(keysOf(all)).toEqual(["other", "three", "two", "one"]);
    expect(keysOf(page)).toEqual(["three", "two"]);
    expect(all.items[0]).toMatchObject({ score: null });
  });

  it("by meaning: the most similar first, with its score; what was not embedded comes last", async () => {
    const { items } = await client.store.searchItems(["search", "here"], { query: "soup or rain: soup, soup" });

    expect(items.map(({ key }) => key)).toEqual(["three", "two", "one"]);
    expect(items[0]?.score).toBeGreaterThan(items[1]?.score ?? 1);
    expect(items.map(({ score }) => score)).toEqual([expect.any(Number), expect.any(Number), null]);
  });

  it("by the paths that an item names, or not at all", async () => {
    const namespace = ["paths"];
    await client.store.putItem(namespace, "named", { text: "rain", title: "a cat" }, { index: ["title"] });
    await client.store.putItem(namespace, "none", { text: "a cat" }, { index: false });

    const { items } = await client.store.searchItems(namespace, { query: "cat" });

    expect(items.map(({ key, score }) => [key, score])).toEqual([
      ["named", 1],
      ["none", null],
    ]);
  });

  it("by namespaces: prefix, suffix, any label, depth", async () => {
    for (const namespace of [
      ["ns", "a", "x"],
      ["ns", "b", "x"],
      ["ns", "b", "y"],
    ])
      await client.store.putItem(namespace, "k", { n: 1 });
    const list = async (options: object) => (await client.store.listNamespaces(options)).namespaces;

    expect(await list({ prefix: ["ns", "b"] })).toEqual([
      ["ns", "b", "x"],
      ["ns", "b", "y"],
    ]);
    expect(await list({ prefix: ["ns"], suffix: ["x"] })).toEqual([
      ["ns", "a", "x"],
      ["ns", "b", "x"],
    ]);
    expect(await list({ prefix: ["ns", "*", "y"] })).toEqual([["ns", "b", "y"]]);
    expect(await list({ prefix: ["ns"], maxDepth: 2 })).toEqual([
      ["ns", "a"],
      ["ns", "b"],
    ]);
    expect(await list({ prefix: ["ns"], limit: 1, offset: 1 })).toEqual([["ns", "b", "x"]]);
  });
});

test("with the vector index searches by meaning find the same, over HTTP and in graphs", async () => {
  const config = "test/fixtures/store/langgraph.json";
  const indexed = await startServer({ config, env: { THREADLINE_VECTOR_INDEX: "on" } });
  onTestFinished(() => indexed.stop());
  const servers = [client, new Client({ apiUrl: indexed.url, apiKey: null })];
  const texts = { cat: "a cat: cat", soup: "soup and a bird", rain: "rain, rain" };

  const answers = servers.map(async ({ store, runs }) => {
    for (const [key, text] of Object.entries(texts)) await store.putItem(["notes", "with index"], key, { text });
    const { items } = await store.searchItems(["notes", "with index"], { query: "a dog", limit: 2 });
    const run = await runs.wait(null, "memory", { input: { key: "graph", text: "dogs: dog, dog, dog" } });
    return [items.map(({ key, score }) => [key, score]), run];
  });

  const [expected, found] = await Promise.all(answers);
  expect(found).toEqual(expected);
  expect(expected?.[0]).toEqual([
    ["cat", 1],
    ["soup", expect.closeTo(Math.SQRT1_2)],
  ]);
});

describe("bad input is refused, and changes nothing", () => {
  const good = { namespace: ["bad"], key: "k", value: { n: 1 } };
  const LONG = ["bad", ...Array.from({ length: 600 }, (_, n) => String(n))];
  const LONG_QUERY = `namespace=${LONG.join(".")}&key=k`;

  it.each<[string, string, string, unknown, number, RegExp]>([
    ["no namespace", "PUT", "items", { ...good, namespace: undefined }, 422, /namespace/],
    ["an empty namespace", "PUT", "items", { ...good, namespace: [] }, 422, /namespace: cannot be empty/],
    [
      "a label with a period",
      "PUT",
      "items",
      { ...good, namespace: ["a.b"] },
      422,
      /labels cannot be empty or contain/,
    ],
    ["an empty label", "PUT", "items", { ...good, namespace: ["bad", ""] }, 422, /labels cannot be empty or contain/],
    ["LangGraph's own root", "PUT", "items", { ...good, namespace: ["langgraph"] }, 422, /root label/],
    ["no key", "PUT", "items", { ...good, key: undefined }, 422, /key/],
    ["an empty key", "PUT", "items", { ...good, key: "" }, 422, /key: cannot be empty/],
    ["a value that is no object", "PUT", "items", { ...good, value: [1] }, 422, /value/],
    ["a time to live of the past", "PUT", "items", { ...good, ttl: -1 }, 422, /ttl/],
    ["a time to live beyond every date", "PUT", "items", { ...good, ttl: 1e308 }, 422, /ttl/],
    ["an index of the wrong type", "PUT", "items", { ...good, index: "text" }, 422, /index/],
    [
      "a value that is too large",
      "PUT",
      "items",
      { ...good, value: { x: Array.from({ length: 40_000 }, () => crypto.randomUUID()).join() } },
      422,
      /must not be larger than/,
    ],
    [
      "a model that fails",
      "PUT",
      "items",
      { ...good, value: { text: "fail" } },
      500,
      /"\.\/embed\.ts:embed" cannot be used: .*no such model/,
    ],
    ["labels too long together", "PUT", "items", { ...good, namespace: LONG }, 422, /labels .* more than 1024 bytes/],
    ["an address too long", "DELETE", "items", { ...good, namespace: LONG }, 422, /labels .* more than 1024 bytes/],
    ["a prefix too long", "POST", "items/search", { namespace_prefix: LONG }, 422, /labels .* more than 1024 bytes/],
    ["no body", "DELETE", "items", {}, 422, /namespace/],
    ["an operator that is none", "POST", "items/search", { filter: { n: { $like: 1 } } }, 422, /\$like is no operator/],
    ["a limit out of range", "POST", "items/search", { limit: 0 }, 422, /limit/],
    ["a prefix that is no list", "POST", "items/search", { namespace_prefix: "a" }, 422, /namespace_prefix/],
    ["a depth of none", "POST", "namespaces", { max_depth: 0 }, 422, /max_depth/],
    ["malformed JSON", "POST", "namespaces", "{", 422, /JSON/],
  ])("%s", async (_name, method, path, body, status, detail) => {
    const answer = await send(method, `/store/${path}`, body);

    expect([answer.status, (await json(answer))["detail"]]).toEqual([status, expect.stringMatching(detail)]);
    expect((await json(post(`${server.url}/store/items/search`, { namespace_prefix: ["bad"] })))["items"]).toEqual([]);
  });

  it.each(["namespace=bad", "key=k", "namespace=&key=k", "namespace=bad&key=k&refresh_ttl=x", LONG_QUERY])(
    "GET ?%s",
    async (query) => {
      expect((await fetch(`${server.url}/store/items?${query}`)).status).toBe(422);
    },
  );
});
