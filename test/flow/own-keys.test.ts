/** Names that every JavaScript object knows are keys like others, wherever users choose keys. */
import { randomUUID } from "node:crypto";
import { PATIENCE } from "../support/patience.ts";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { json, post } from "../support/sse.ts";

let server: SharedServer;
beforeAll(async () => {
  server = await goldenServer();
});
afterAll(() => server.stop());

/** @returns the answer, whatever it is */
const send = async (path: string, body: object) =>
  (await post(`${server.url}${path}`, body)).json() as Promise<Answer & Answer[]>;
type Answer = Record<string, object>;
/** @returns its id, as a part of a path */
const textOf = (answer: Answer, id: string): string => JSON.stringify(answer[id]).slice(1, -1);
const entriesOf = (value: unknown) => Object.entries(value as object);
/** An index is a moment behind its table. */
const countOf = (path: string, body: object, expected: number) =>
  vi.waitFor(async () => expect(await send(path, body)).toBe(expected), PATIENCE);

describe.each(["__proto__", "constructor", "hasOwnProperty"])("the key %s", (name) => {
  // A literal `__proto__:` would set the prototype.
  const having = (value: unknown) => ({ [name]: value });

  test("of a thread's metadata is kept, changed, extracted and searched by", async () => {
    const value = randomUUID();
    const thread_id = textOf(await send("/threads", { metadata: having({ value }) }), "thread_id");
    await send("/threads", { metadata: {} });

    const { metadata } = await json(fetch(`${server.url}/threads/${thread_id}`));
    await countOf("/threads/count", { metadata: having({ value }) }, 1);
    await countOf("/threads/count", { metadata: having({ value: "another" }) }, 0);
    const [found] = await send("/threads/search", {
      metadata: having({ value }),
      extract: { [name]: `metadata.${name}.value` },
    });
    const patched = await json(
      fetch(`${server.url}/threads/${thread_id}`, {
        method: "PATCH",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ metadata: having(1) }),
      }),
    );

    expect(entriesOf(metadata)).toEqual([[name, { value }]]);
    expect(found).toMatchObject({ thread_id });
    expect(entriesOf(found?.["extracted"])).toEqual([[name, value]]);
    expect(entriesOf(patched["metadata"])).toEqual([[name, 1]]);
  });

  test("of values matches no thread that has none of that name", async () => {
    const tag = randomUUID();
    const thread_id = textOf(await send("/threads", { metadata: { tag } }), "thread_id");
    await send(`/threads/${thread_id}/runs/wait`, { assistant_id: "agent", input: { topic: "x" } });

    await countOf("/threads/count", { metadata: { tag }, values: {} }, 1);
    expect(await send("/threads/count", { metadata: { tag }, values: having({}) })).toBe(0);
  });

  test("of an assistant's and a cron's metadata is kept and searched by", async () => {
    const metadata = having(randomUUID());
    const assistant = await send("/assistants", { graph_id: "agent", metadata });
    const cron = await send("/runs/crons", { assistant_id: "agent", schedule: "30 3 29 2 *", metadata });

    expect(entriesOf(assistant["metadata"])).toEqual(entriesOf(metadata));
    expect(entriesOf(cron["metadata"])).toEqual(entriesOf(metadata));
    for (const path of ["/assistants/count", "/runs/crons/count"]) {
      await countOf(path, { metadata }, 1);
      await countOf(path, { metadata: having("another") }, 0);
    }
    const versions = `/assistants/${textOf(assistant, "assistant_id")}/versions`;
    expect(await send(versions, { metadata })).toHaveLength(1);
    expect(await send(versions, { metadata: having("another") })).toEqual([]);
  });

  test("of a run's input and metadata reaches the run", async () => {
    const thread_id = textOf(await send("/threads", {}), "thread_id");
    const run = await send(`/threads/${thread_id}/runs`, {
      assistant_id: "agent",
      input: { topic: "x", ...having("in") },
      metadata: having("meta"),
    });
    const { kwargs, metadata } = await json(fetch(`${server.url}/threads/${thread_id}/runs/${textOf(run, "run_id")}`));

    expect(entriesOf((kwargs as { input?: object }).input)).toContainEqual([name, "in"]);
    expect(entriesOf(metadata)).toContainEqual([name, "meta"]);
  });

  test("of a store item, and as one's name, is kept and searched by", async () => {
    const namespace = [name, randomUUID()];
    const put = await fetch(`${server.url}/store/items`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ namespace, key: name, value: having(1) }),
    });
    const search = async (filter: object) =>
      (await send("/store/items/search", { namespace_prefix: namespace, filter }))["items"] as { value: object }[];

    expect(put.status).toBe(204);
    const [item] = await search(having(1));
    expect(item).toMatchObject({ namespace, key: name });
    expect(entriesOf(item?.value)).toEqual([[name, 1]]);
    expect(await search(having({ $gte: 1 }))).toHaveLength(1);
    expect(await search(having(2))).toEqual([]);
  });

  test("is no graph and no boolean", async () => {
    const thread_id = textOf(await send("/threads", {}), "thread_id");
    const created = await post(`${server.url}/threads/${thread_id}/runs`, { assistant_id: name });
    const waited = await post(`${server.url}/threads/${thread_id}/runs/${randomUUID()}/cancel?wait=${name}`, {});

    expect(created.status).toBe(404);
    expect(waited.status).toBe(422);
  });
});

test.each([
  ["config", { config: { ["__proto__"]: {} } }],
  ["configurable", { config: { configurable: { ["__proto__"]: { langgraph_auth_user_id: "me" } } } }],
  ["context", { context: { ["__proto__"]: {} } }],
])(
  "__proto__ in the %s of a run and of an assistant is refused: LangGraph would take it for defaults",
  async (_, body) => {
    const thread_id = textOf(await send("/threads", {}), "thread_id");

    for (const response of [
      await post(`${server.url}/threads/${thread_id}/runs`, { assistant_id: "agent", ...body }),
      await post(`${server.url}/assistants`, { graph_id: "agent", ...body }),
    ]) {
      expect(response.status).toBe(422);
      expect((await json(response)).detail).toMatch(/__proto__ cannot be the name of a setting/);
    }
  },
);
