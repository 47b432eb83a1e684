/** Threads that match, in order, page by page, with the stock SDK; and what searches refuse. */
import { randomUUID } from "node:crypto";
import { Client, type Thread } from "@langchain/langgraph-sdk";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { json, post } from "../support/sse.ts";
import { PATIENCE } from "../support/patience.ts";

let server: SharedServer;
let client: Client;
beforeAll(async () => {
  server = await goldenServer();
  client = new Client({ apiUrl: server.url });
});
afterAll(() => server.stop());

/** Threads of this test alone: tests share a server, which may be a deployed one. */
const tagged = async (count: number, metadata: (n: number) => object = () => ({})) => {
  const tag = randomUUID();
  const ids: string[] = [];
  for (let n = 0; n < count; n++)
    ids.push((await client.threads.create({ metadata: { tag, n, ...metadata(n) } })).thread_id);
  return { tag, ids };
};
const idsOf = (threads: Thread[]): string[] => threads.map(({ thread_id }) => thread_id);
const search = (body: object) => post(`${server.url}/threads/search`, body);
/** An index is a moment behind its table. */
const found = (query: Parameters<Client["threads"]["search"]>[0], count: number) =>
  vi.waitFor(async () => {
    const threads = await client.threads.search(query);
    expect(threads).toHaveLength(count);
    return threads;
  }, PATIENCE);

describe("search", () => {
  test("the newest change comes first, and a run moves its thread there when it begins and when it ends", async () => {
    const { tag, ids } = await tagged(3);
    const [oldest = ""] = ids;
    await found({ metadata: { tag } }, 3);

    await client.runs.wait(oldest, "agent", { input: { topic: "x" } });
    const threads = await vi.waitFor(async () => {
      const now = await client.threads.search({ metadata: { tag } });
      expect(now[0]?.metadata?.["graph_id"]).toBe("agent");
      expect(now[0]?.status).toBe("idle");
      return now;
    }, PATIENCE);

    expect(idsOf(threads)).toEqual([ids[0], ids[2], ids[1]]);
    expect(threads[0]).toEqual(await client.threads.get(oldest));
  });

  test("pages have no gap and no thread twice, in each order", async () => {
    const { tag, ids } = await tagged(7);
    await found({ metadata: { tag } }, 7);

    for (const sortBy of ["created_at", "updated_at", "thread_id", "status", "state_updated_at"] as const)
      for (const sortOrder of ["asc", "desc"] as const) {
        const pages: string[] = [];
        for (let offset = 0; offset < 9; offset += 3)
          pages.push(...idsOf(await client.threads.search({ metadata: { tag }, limit: 3, offset, sortBy, sortOrder })));
        const ascending = sortBy === "thread_id" || sortBy === "status" ? ids.toSorted() : ids;
        expect(pages, `${sortBy} ${sortOrder}`).toEqual(sortOrder === "asc" ? ascending : ascending.toReversed());
      }
  });

  test("the headers tell how many there are and where the next page begins", async () => {
    const { tag } = await tagged(5);
    await found({ metadata: { tag } }, 5);
    const of = async (page: object) => {
      const { headers } = await search({ metadata: { tag }, ...page });
      return [headers.get("x-pagination-total"), headers.get("x-pagination-next")];
    };

    expect(await of({ limit: 2 })).toEqual([expect.stringMatching(/^[3-5]$/), "2"]);
    expect(await of({ limit: 2, offset: 2 })).toEqual(["5", "4"]);
    expect(await of({ limit: 2, offset: 4 })).toEqual(["5", null]);
    expect(await of({ offset: 9 })).toEqual(["5", null]);
    expect(await client.threads.count({ metadata: { tag } })).toBe(5);
  });

  test("metadata is contained, nested and in lists; ids are filtered, too", async () => {
    const { tag, ids } = await tagged(3, (n) => ({ user: { name: n ? "b" : "a", age: 5 }, labels: ["x", `l${n}`] }));
    await found({ metadata: { tag } }, 3);

    const named = await client.threads.search({ metadata: { tag, user: { name: "b" } } });
    const labelled = await client.threads.search({ metadata: { tag, labels: ["l0"] } });
    const chosen = await client.threads.search({
      ids: [ids[0] ?? "", ids[2] ?? "", randomUUID()],
      metadata: { user: { name: "b" } },
    });

    expect(idsOf(named)).toEqual([ids[2], ids[1]]);
    expect(idsOf(labelled)).toEqual([ids[0]]);
    expect(idsOf(chosen)).toEqual([ids[2]]);
  });

  test("an owner's threads are among all, and among the owner's own", async () => {
    const owner = randomUUID();
    const { tag, ids } = await tagged(3, (n) => (n ? { owner } : {}));

    const all = await found({ metadata: { tag } }, 3);
    const owned = await found({ metadata: { owner } }, 2);
    const byCreation = await found({ metadata: { owner }, sortBy: "created_at", sortOrder: "asc" }, 2);

    expect(idsOf(all)).toEqual(ids.toReversed());
    expect(idsOf(owned)).toEqual([ids[2], ids[1]]);
    expect(idsOf(byCreation)).toEqual([ids[1], ids[2]]);
  });

  test("a status finds threads that wait, run or failed", async () => {
    const { tag, ids } = await tagged(3);
    const [asked = "", failed = ""] = ids;
    await client.runs.wait(asked, "hitl", { input: { some_text: "x" } });
    await client.runs.wait(failed, "boom", { input: {}, raiseError: false });

    const waiting = await found({ metadata: { tag }, status: "interrupted" }, 1);
    const broken = await found({ metadata: { tag }, status: "error" }, 1);
    const idle = await found({ metadata: { tag }, status: "idle" }, 1);

    expect(idsOf([...waiting, ...broken, ...idle])).toEqual(ids);
    expect(waiting[0]?.interrupts).toEqual((await client.threads.get(asked)).interrupts);
    expect(await client.threads.count({ metadata: { tag }, status: "interrupted" })).toBe(1);
  });

  test("values are contained; fields are selected; paths are extracted", async () => {
    const { tag, ids } = await tagged(2);
    const [ran = ""] = ids;
    await client.runs.wait(ran, "agent", { input: { topic: "whales" } });
    const { values } = await client.threads.get(ran);
    await found({ metadata: { tag }, values: { topic: "whales and cats" } }, 1);

    const bare = await json(
      search({
        ids: [ran],
        select: ["thread_id", "status"],
        extract: { topic: "values.topic", tag: "metadata.tag", none: "values.a[-1].b" },
      }),
    );

    expect(values).toMatchObject({ topic: "whales and cats" });
    expect(bare).toEqual([
      { thread_id: ran, status: "idle", extracted: { topic: "whales and cats", tag, none: null } },
    ]);
    expect(await client.threads.count({ metadata: { tag }, values: { topic: "whales and cats" } })).toBe(1);
  });

  test("a thread with much metadata is found like others", async () => {
    const { tag, ids } = await tagged(2, (n) => ({
      text: "é".repeat(n * 5_000),
      owner: n ? "o".repeat(300) : "\ud800",
    }));

    const threads = await found({ metadata: { tag } }, 2);
    const owned = await found({ metadata: { owner: "o".repeat(300), tag } }, 1);

    expect(idsOf(threads)).toEqual(ids.toReversed());
    expect(owned[0]).toEqual(threads[0]);
  });

  test("a deleted thread and the thread of a stateless run are not found", async () => {
    const { tag, ids } = await tagged(2);
    await client.threads.delete(ids[0] ?? "");
    await client.runs.wait(null, "agent", { input: { topic: "x" }, metadata: { tag } });

    const threads = await found({ metadata: { tag } }, 1);

    expect(idsOf(threads)).toEqual([ids[1]]);
    expect(await client.threads.search({ ids: [ids[0] ?? ""] })).toEqual([]);
  });
});

const BAD: [name: string, body: unknown, detail: RegExp][] = [
  ["a limit of none", { limit: 0 }, /limit/],
  ["a limit over 1000", { limit: 1001 }, /limit/],
  ["an offset before the first", { offset: -1 }, /offset/],
  ["a part of an offset", { offset: 0.5 }, /offset/],
  ["an unknown field", { select: ["bogus"] }, /select/],
  ["an unknown order", { sort_by: "bogus" }, /sort_by/],
  ["an unknown direction", { sort_order: "up" }, /sort_order/],
  ["an unknown status", { status: "gone" }, /status/],
  ["metadata of the wrong type", { metadata: [] }, /metadata/],
  ["values of the wrong type", { values: 5 }, /values/],
  ["an id that is no UUID", { ids: ["x"] }, /UUID/],
  ["a path from nowhere", { extract: { a: "status" } }, /extract\.a/],
  ["a path with an empty step", { extract: { a: "values..b" } }, /extract\.a/],
  ["eleven paths", { extract: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`a${n}`, "values"])) }, /10/],
  ["malformed JSON", "{", /JSON/],
];

test.each(BAD)("bad input: %s", async (_name, body, detail) => {
  const response = await search(body as object);

  expect(response.status).toBe(422);
  expect((await json(response)).detail).toMatch(detail);
});
