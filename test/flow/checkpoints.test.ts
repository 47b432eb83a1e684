/** Runs that start from a checkpoint which the caller names, over HTTP: of the graph, of a subgraph, and one that is not there. */
import { Client, type ThreadStateSelectField } from "@langchain/langgraph-sdk";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { json, post, readFrames } from "../support/sse.ts";

let server: SharedServer;
/** Of a thread that no test changes. */
let unchanged: string;
beforeAll(async () => {
  server = await goldenServer();
  unchanged = await aThread();
});
afterAll(() => server.stop());

const UNKNOWN = "1ef00000-0000-6000-8000-000000000000";
const threadPath = (thread_id: unknown) => `${server.url}/threads/${String(thread_id)}`;
const get = (path: string) => json(fetch(path));

/** A thread on which `agent` has run. */
async function aThread(): Promise<string> {
  const path = threadPath((await json(post(`${server.url}/threads`, {})))["thread_id"]);
  await (await post(`${path}/runs/wait`, { assistant_id: "agent", input: { topic: "ice" } })).text();
  return path;
}

/** Everything of a thread that a client can look at. */
const allOf = (path: string) =>
  Promise.all([get(path), get(`${path}/runs`), get(`${path}/state`), json(post(`${path}/history`, { limit: 100 }))]);

const configured = (configurable: object) => ({ config: { configurable } });

describe("R11: a checkpoint that does not exist is 404 when a run names it, and nothing has changed", () => {
  it.each<[string, object, string]>([
    ["checkpoint_id", { checkpoint_id: UNKNOWN }, UNKNOWN],
    ["checkpoint.checkpoint_id", { checkpoint: { checkpoint_id: UNKNOWN } }, UNKNOWN],
    ["an id that is no uuid", { checkpoint_id: "a#b%/\u0000" }, "a#b%/\u0000"],
    ["a namespace that does not exist", { checkpoint: { checkpoint_ns: "no:1", checkpoint_id: UNKNOWN } }, '"no:1"'],
    ["a map", { checkpoint: { checkpoint_map: { "": UNKNOWN } } }, UNKNOWN],
    ["configurable.checkpoint_id", configured({ checkpoint_id: UNKNOWN }), UNKNOWN],
    ["configurable.thread_ts", configured({ thread_ts: UNKNOWN }), UNKNOWN],
    ["configurable.checkpoint_map", configured({ checkpoint_map: { "": UNKNOWN } }), UNKNOWN],
    ["checkpoint_id of a delayed run", { checkpoint_id: UNKNOWN, after_seconds: 60 }, UNKNOWN],
  ])("%s", async (_name, fields, named) => {
    const path = unchanged;
    const before = await allOf(path);

    const answers = await Promise.all(
      ["", "/stream", "/wait"].map((kind) =>
        post(`${path}/runs${kind}`, { assistant_id: "agent", input: {}, ...fields }),
      ),
    );

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    for (const answer of answers) {
      const { detail } = await json(answer);
      expect(detail).toContain(named);
      expect(detail).toContain("not found on the run's thread");
    }
    expect(await allOf(path)).toEqual(before);
  });

  it("of another thread, of a thread that is still to be made, of a stateless run", async () => {
    const [path, other] = [unchanged, await aThread()];
    const { checkpoint_id } = await get(`${other}/state`);
    const body = { assistant_id: "agent", input: {}, checkpoint_id };
    const missing = threadPath(crypto.randomUUID());

    const answers = [
      await post(`${path}/runs/wait`, body),
      await post(`${missing}/runs/wait`, { ...body, if_not_exists: "create" }),
      await post(`${server.url}/runs/wait`, body),
    ];

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect((await fetch(missing)).status).toBe(404);
  });

  it.each<[string, object, RegExp]>([
    ["an id of the wrong type", { checkpoint_id: 5 }, /checkpoint_id/],
    ["an id that is too long", { checkpoint_id: "x".repeat(3_000) }, /checkpoint_id/],
    ["a map of the wrong type", { checkpoint: { checkpoint_map: { "": 5 } } }, /checkpoint\.checkpoint_map/],
    ["a configured id of the wrong type", configured({ checkpoint_id: 5 }), /config\.configurable\.checkpoint_id/],
    ["a configured map of the wrong type", configured({ checkpoint_map: "x" }), /config\.configurable\.checkpoint_map/],
  ])("%s is 422", async (_name, fields, detail) => {
    const path = unchanged;

    const answer = await post(`${path}/runs/wait`, { assistant_id: "agent", input: {}, ...fields });

    expect(answer.status).toBe(422);
    expect((await json(answer)).detail).toMatch(detail);
    expect(await json(fetch(`${path}/runs`))).toHaveLength(1);
  });

  it.each<[string, object]>([
    ["null", { checkpoint_id: null, checkpoint: null, ...configured({ checkpoint_id: null, checkpoint_map: null }) }],
    ["an empty id", { checkpoint_id: "", ...configured({ checkpoint_id: "" }) }],
    ["a state's reference without an id", { checkpoint: { thread_id: "x", checkpoint_ns: "", checkpoint_id: null } }],
    [
      "the place of a calling node, in the config that it passes on",
      {
        config: {
          configurable: { checkpoint_ns: "call:1", checkpoint_map: { "": UNKNOWN } },
          metadata: { langgraph_node: "call" },
        },
      },
    ],
  ])("%s names none: the run goes on where the thread stands", async (_name, fields) => {
    const path = await aThread();

    const answer = await post(`${path}/runs/wait`, { assistant_id: "agent", input: { topic: "snow" }, ...fields });

    expect(await json(answer)).toMatchObject({ topic: "snow and cats" });
    expect(await json(post(`${path}/history`, { limit: 100 }))).toHaveLength(8);
  });

  it("a read of it is an empty state under the id that was asked for, as on the official server", async () => {
    const path = unchanged;

    const [state, posted, history] = await Promise.all([
      get(`${path}/state/${UNKNOWN}`),
      json(post(`${path}/state/checkpoint`, { checkpoint: { checkpoint_ns: "no:1", checkpoint_id: UNKNOWN } })),
      json(post(`${path}/history`, { checkpoint: { checkpoint_id: UNKNOWN } })),
    ]);

    expect(state).toMatchObject({ values: {}, checkpoint: { checkpoint_ns: "", checkpoint_id: UNKNOWN } });
    expect(posted).toMatchObject({ values: {}, checkpoint: { checkpoint_ns: "no:1", checkpoint_id: UNKNOWN } });
    expect(history).toEqual([]);
  });
});

describe("R11: a run from a subgraph's checkpoint begins there", () => {
  it.each([
    ["as its state names it", true],
    ["by namespace and id alone", false],
  ])("%s", async (_name, withMap) => {
    const path = threadPath((await json(post(`${server.url}/threads`, {})))["thread_id"]);
    const assistant_id = "subgraph_interrupt";
    await (await post(`${path}/runs/wait`, { assistant_id, input: {} })).text();
    const [task] = (await get(`${path}/state`))["tasks"] as { checkpoint: { checkpoint_ns: string } }[];
    const inner = await json(post(`${path}/history`, { limit: 10, checkpoint: task?.checkpoint }));
    const [, beforeAsking] = inner as unknown as { next: string[]; checkpoint: Record<string, unknown> }[];
    await (await post(`${path}/runs/wait`, { assistant_id, command: { resume: "yes" } })).text();
    const { checkpoint_map, ...alone } = beforeAsking?.checkpoint ?? {};
    const checkpoint = withMap ? { ...alone, checkpoint_map } : alone;

    const body = { assistant_id, checkpoint, stream_mode: "updates", stream_subgraphs: true };
    const frames = await readFrames(await post(`${path}/runs/stream`, body));

    expect(beforeAsking?.next).toEqual(["before"]);
    const updates = frames.filter(({ event }) => event.startsWith("updates|outer:"));
    expect(updates.map(({ data }) => Object.keys(JSON.parse(data) as object))).toEqual([["before"], ["__interrupt__"]]);
    expect(await get(`${path}/state`)).toMatchObject({ next: ["outer"], interrupts: [{ value: "inner?" }] });
  });
});

test("select: states have the fields that are asked for, and single keys of their values", async () => {
  const client = new Client({ apiUrl: server.url, apiKey: null });
  const thread_id = unchanged.split("/").at(-1) ?? "";
  const whole = await client.threads.getState(thread_id);
  const checkpoint_id = whole.checkpoint.checkpoint_id ?? "";
  const select: ThreadStateSelectField[] = ["values.topic", "values.nobody", "next"];
  const selected = { values: { topic: "ice and cats" }, next: [] };

  expect(await client.threads.getState(thread_id, undefined, { select })).toEqual(selected);
  expect(await client.threads.getState(thread_id, checkpoint_id, { select })).toEqual(selected);
  expect(await client.threads.getState(thread_id, whole.checkpoint, { select })).toEqual(selected);
  expect((await client.threads.getHistory(thread_id, { select, limit: 2 }))[0]).toEqual(selected);
  expect(await get(`${unchanged}/history?select=values,metadata`)).toEqual([
    { values: whole.values, metadata: whole.metadata },
  ]);
  expect(await client.threads.getState(thread_id, undefined, { select: [] })).toEqual(whole);
});
