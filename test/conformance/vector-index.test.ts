/** Searches by meaning, where every vector is compared and where DynamoDB's vector index answers: the same items, order and scores. */
import { randomBytes } from "node:crypto";
import { createItemStore } from "../../functions/aws/store/item-store.ts";
import { vectorIndexOf } from "../../functions/aws/table/table.ts";
import type { FoundItem, ItemSearch, ItemStore } from "../../functions/core/store/store-port.ts";
import { MINUTE } from "../../functions/core/units.ts";
import { createTable } from "../../local/create-table.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";

let plain: TestTable;
const at = { now: Date.parse("2026-03-01") };
const clock = () => ({ ...plain.clock, now: () => (at.now += 1_000) });
beforeAll(async () => {
  plain = await startTable();
});
afterAll(() => plain.stop());

/** A store, and how often it has read a partition of items since it was last asked. */
function open(table: TestTable, vectorIndex: boolean): { items: ItemStore; readPartitions: () => number } {
  let reads = 0;
  const client: Pick<TestTable["client"], "send"> = {
    send(command) {
      if (command.constructor.name === "QueryCommand" && JSON.stringify(command.input).includes('":pk":"M#')) reads++;
      return table.client.send(command);
    },
  };
  const items = createItemStore({ ...table, client, clock: clock(), vectorIndex });
  const readPartitions = (): number => {
    const before = reads;
    reads = 0;
    return before;
  };
  return { items, readPartitions };
}
const withIndex = (dims: number): Promise<TestTable> => plain.another({ vectorIndex: vectorIndexOf(dims) });
const vector = (...numbers: number[]): Float32Array => Float32Array.from(numbers);
const keysOf = (found: readonly FoundItem[]): string[] => found.map(({ key }) => key);
const search = (items: ItemStore, prefix: string[], near: Float32Array, more: Partial<ItemSearch> = {}) =>
  items.search({ prefix, near, limit: 10, offset: 0, ...more });

describe.each([
  ["compared", false],
  ["by the vector index", true],
])("%s", (_how, isIndexed) => {
  let items: ItemStore;
  beforeAll(async () => {
    ({ items } = open(isIndexed ? await withIndex(2) : plain, isIndexed));
  });
  const put = (namespace: string[], key: string, value: Record<string, number>, ...vectors: Float32Array[]) =>
    items.put(namespace, key, value, { vectors });

  test("the most similar first with its score, then those without vectors, the last updated first", async () => {
    const namespace = ["order", "a"];
    await put(namespace, "plain", {});
    await put(namespace, "far", { n: 1 }, vector(-1, 0));
    await put(namespace, "near", { n: 2 }, vector(9, 1));
    await put(namespace, "also plain", {});
    await put(namespace, "side", { n: 3 }, vector(0, 2));

    const found = await search(items, namespace, vector(1, 0));

    expect(keysOf(found)).toEqual(["near", "side", "far", "also plain", "plain"]);
    const [near, side, far, ...others] = found.map(({ score }) => score);
    expect([near, side, far]).toEqual([9 / Math.sqrt(82), 0, -1].map((score) => expect.closeTo(score, 4)));
    expect(others).toEqual([undefined, undefined]);
    expect(found[0]).toEqual({
      namespace,
      key: "near",
      value: { n: 2 },
      score: expect.any(Number),
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
  });

  test("by pages, filters, and prefixes of every length", async () => {
    const deep = ["deep", "a", "b", "c", "d", "e", "f", "g"];
    for (let n = 0; n < 24; n++)
      await put(deep.slice(0, 1 + (n % 8)), `k${n}`, { n, third: n % 3 }, vector(Math.cos(n / 10), Math.sin(n / 10)));
    const near = vector(1, 0);
    const inOrder = (wanted: (n: number) => boolean): string[] =>
      [...Array(24).keys()].filter(wanted).map((n) => `k${n}`);

    for (let labels = 0; labels <= 8; labels++)
      expect(
        keysOf(await search(items, deep.slice(0, labels), near, { limit: 2, filter: { n: { $gte: 0 } } })),
      ).toEqual(inOrder((n) => 1 + (n % 8) >= labels).slice(0, 2));
    const pages = [0, 4, 8].map((offset) => search(items, deep.slice(0, 2), near, { offset, limit: 4 }));
    expect((await Promise.all(pages)).flatMap(keysOf)).toEqual(inOrder((n) => n % 8 > 0).slice(0, 12));
    expect(keysOf(await search(items, deep.slice(0, 2), near, { limit: 3, filter: { third: 2 } }))).toEqual(
      inOrder((n) => n % 8 > 0 && n % 3 === 2).slice(0, 3),
    );
    const large = { limit: 2, filter: { n: { $gt: 20, $ne: 22 } } };
    expect(keysOf(await search(items, deep.slice(0, 2), near, large))).toEqual(["k21", "k23"]);
  });

  test("what was changed counts by its new vector; what was deleted, or is below another label, is not found", async () => {
    const namespace = ["changes", "a", "b"];
    for (const [key, one] of Object.entries({ x: vector(1, 0), y: vector(1, 1), z: vector(0, 1), gone: vector(1, 0) }))
      await put(namespace, key, {}, one);
    await put(["changes", "a", "bc"], "other", {}, vector(1, 0));
    await put(namespace, "x", { changed: 1 }, vector(-1, 0));
    await items.remove(namespace, "gone");
    await items.put(namespace, "z", { changed: 1 });

    const found = await search(items, namespace, vector(1, 0), { limit: 2 });

    expect(found.map(({ key, value }) => [key, value])).toEqual([
      ["y", {}],
      ["x", { changed: 1 }],
    ]);
    expect(keysOf(await search(items, namespace, vector(1, 0)))).toEqual(["y", "x", "z"]);
  });

  test("an item counts by the best of its vectors; one without direction is similar to nothing", async () => {
    await put(["several", "a"], "both", {}, vector(-1, 0), vector(1, 0));
    await put(["several", "a"], "one", {}, vector(1, 1));
    await put(["several", "zero"], "zero", {}, vector(0, 0));
    await put(["several", "zero"], "far", {}, vector(-1, 0));

    expect(keysOf(await search(items, ["several", "a"], vector(1, 0), { limit: 1 }))).toEqual(["both"]);
    expect(keysOf(await search(items, ["several", "zero"], vector(1, 0), { limit: 1 }))).toEqual(["zero"]);
    expect((await search(items, ["several", "a"], vector(0, 0), { limit: 1 }))[0]?.score).toBe(0);
  });

  test("what has expired is not found; a search that refreshes begins the time anew", async () => {
    const namespace = ["ttl", "a"];
    for (let n = 0; n < 4; n++)
      await items.put(namespace, `k${n}`, {}, { vectors: [vector(1, n)], ttl_minutes: n === 0 ? 1 : 10 });
    at.now += 8 * MINUTE;
    const found = await search(items, namespace, vector(1, 0), { limit: 2, refresh: true });
    at.now += 8 * MINUTE;

    expect(keysOf(found)).toEqual(["k1", "k2"]);
    expect(keysOf(await search(items, namespace, vector(1, 0)))).toEqual(["k1", "k2"]);
  });
});

describe("random items", () => {
  const DIMS = 24;
  const random = (): Float32Array => Float32Array.from({ length: DIMS }, () => Math.random() - 0.5);
  const NAMESPACES = [
    ["r", "a"],
    ["r", "a", "x"],
    ["r", "a", "x", "y"],
    ["r", "a", "z"],
    ["r", "b"],
  ];
  let compared: ReturnType<typeof open>;
  let indexed: ReturnType<typeof open>;
  beforeAll(async () => {
    const table = await withIndex(DIMS);
    [compared, indexed] = [open(table, false), open(table, true)];
    const put = (n: number) =>
      indexed.items.put(NAMESPACES[n % NAMESPACES.length] ?? [], `k${n}`, { n, seven: n % 7 }, { vectors: [random()] });
    for (let n = 0; n < 300; n += 50) await Promise.all(Array.from({ length: 50 }, (_, i) => put(n + i)));
  });

  test.each<[string, string[], Partial<ItemSearch>]>([
    ["of a partition", ["r", "a"], {}],
    ["of a namespace in it", ["r", "a", "x"], {}],
    ["of one in that", ["r", "a", "x", "y"], { limit: 7 }],
    ["a later page", ["r", "a"], { limit: 20, offset: 60 }],
    ["the last that DynamoDB gives", ["r", "a"], { limit: 10, offset: 90 }],
    ["with a filter that many pass", ["r", "a"], { limit: 5, filter: { n: { $lt: 200 } } }],
  ])("%s: the index alone finds what a comparison finds", async (_what, prefix, more) => {
    for (let times = 0; times < 3; times++) {
      const near = random();
      const expected = await search(compared.items, prefix, near, more);
      indexed.readPartitions();

      const found = await search(indexed.items, prefix, near, more);

      expect(keysOf(found)).toEqual(keysOf(expected));
      expect(found.map(({ score }) => score)).toEqual(expected.map(({ score }) => expect.closeTo(score ?? NaN, 4)));
      expect(indexed.readPartitions()).toBe(0);
    }
  });

  test("a namespace whose items are further than all others of its partition: the index alone finds them", async () => {
    const one = random();
    const put = (namespace: string[], n: number, vectors: Float32Array[]) =>
      indexed.items.put(namespace, `k${n}`, {}, { vectors });
    await Promise.all(Array.from({ length: 101 }, (_, n) => put(["r", "c", "x", "near"], n, [one])));
    await Promise.all([0, 1].map((n) => put(["r", "c", "x", "far"], n, [one.map((number) => -number)])));

    const found = await search(indexed.items, ["r", "c", "x", "far"], one, { limit: 2 });

    expect(keysOf(found).toSorted()).toEqual(["k0", "k1"]);
    expect(indexed.readPartitions()).toBe(0);
  });

  test.each<[string, string[], Partial<ItemSearch>]>([
    ["one label", ["r"], {}],
    ["everything", [], {}],
    ["more than DynamoDB gives", ["r", "a"], { limit: 20, offset: 90 }],
    ["a filter that few pass", ["r", "a"], { filter: { n: { $gt: 295 } } }],
    ["more than there are", ["r", "b"], { limit: 80 }],
  ])("%s: the index cannot answer, so all are compared", async (_what, prefix, more) => {
    const near = random();
    const expected = await search(compared.items, prefix, near, more);
    indexed.readPartitions();

    expect(await search(indexed.items, prefix, near, more)).toEqual(expected);
    expect(indexed.readPartitions()).toBeGreaterThan(0);
  });
});

describe("a table that had no index", () => {
  const filled = async (count: number): Promise<TestTable> => {
    const table = await withIndex(2);
    const { items } = open(table, false);
    const put = (n: number) => items.put(["old", "items"], `k${n}`, { n }, { vectors: [vector(100, n)] });
    await Promise.all(Array.from({ length: count }, (_, n) => put(n)));
    return table;
  };
  const nearest = async ({ items, readPartitions }: ReturnType<typeof open>) => {
    const found = keysOf(await search(items, ["old", "items"], vector(1, 0), { limit: 3 }));
    return [found, readPartitions() > 0 ? "compared" : "index"];
  };

  test("each search brings some of its items in, and all find the same", async () => {
    const store = open(await filled(40), true);
    await store.items.put(["old", "items"], "new", {}, { vectors: [vector(100, 0.5)] });

    const answers = [await nearest(store), await nearest(store), await nearest(store)];

    const keys = ["k0", "new", "k1"];
    expect(answers).toEqual([
      [keys, "compared"],
      [keys, "compared"],
      [keys, "index"],
    ]);
  });

  test("an item that was put while the index was switched off is found when it is on again", async () => {
    const table = await filled(5);
    await nearest(open(table, true));
    const before = await nearest(open(table, true));
    await open(table, false).items.put(["old", "items"], "k4", { n: 4 }, { vectors: [vector(1, 0)] });

    const after = [await nearest(open(table, true)), await nearest(open(table, true))];

    expect(before).toEqual([["k0", "k1", "k2"], "index"]);
    const [first, second] = after;
    expect([first?.[1], second]).toEqual(["compared", [first?.[0], "index"]]);
    expect(first?.[0]).toHaveLength(3);
    expect(first?.[0]).toContain("k4");
  });

  test("a namespace with items of several vectors is compared for good", async () => {
    const store = open(await filled(5), true);
    await nearest(store);
    await store.items.put(["old", "items"], "both", {}, { vectors: [vector(0, -1), vector(100, 0.5)] });
    await store.items.put(["old", "items"], "k9", {}, { vectors: [vector(0, 1)] });

    expect(await nearest(store)).toEqual([["k0", "both", "k1"], "compared"]);
    expect(await nearest(store)).toEqual([["k0", "both", "k1"], "compared"]);
  });

  test("until the index is made, all items are compared; vectors of another length have another index", async () => {
    const table = await plain.another();
    const store = open(table, true);
    for (let n = 0; n < 4; n++) await store.items.put(["old", "items"], `k${n}`, {}, { vectors: [vector(100, n)] });
    const without = await nearest(store);
    await createTable(table.client, table.table, { vectorIndex: vectorIndexOf(2) });
    const making = await nearest(store);
    await store.items.put(["old", "items"], "three", {}, { vectors: [vector(1, 0, 0)] });
    const three = await search(store.items, ["old", "items"], vector(1, 0, 0), { limit: 1 });

    expect([without, making]).toEqual([
      [["k0", "k1", "k2"], "compared"],
      [["k0", "k1", "k2"], "compared"],
    ]);
    expect(keysOf(three)).toEqual(["three"]);
  });
});

test("the largest item with the longest vector and labels fits", async () => {
  const table = await withIndex(4_096);
  const { items, readPartitions } = open(table, true);
  const longest = Float32Array.from({ length: 4_096 }, () => -Math.random() * 1e-7);
  const text = randomBytes(125_000).toString("hex") + randomBytes(80_000).toString("base64");
  const namespace = ["large", "l", "x".repeat(150), "y".repeat(150), "z".repeat(150)];
  await items.put(namespace, "k", { text }, { vectors: [longest] });

  const found = await search(items, namespace, longest, { limit: 1 });

  expect(found).toMatchObject([{ key: "k", score: expect.closeTo(1, 4) }]);
  expect(readPartitions()).toBe(0);
});
