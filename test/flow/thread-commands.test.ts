/** Commands to a thread and its stream, as plain requests: what is told, from where, and what is refused. */
import { randomUUID } from "node:crypto";
import { Client } from "@langchain/langgraph-sdk";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { asProtocol } from "./protocol-client.ts";

let server: SharedServer;
let client: Client;
const { command, read, refused } = asProtocol(() => server.url);
beforeAll(async () => {
  server = await goldenServer();
  client = new Client({ apiUrl: server.url });
});
afterAll(() => server.stop());

const PYTHON = { "user-agent": "langgraph-sdk-py/0.4.5" };
const WEATHER = { messages: [{ type: "human", content: "weather?" }] };

describe("the stream", () => {
  const all = ["values", "updates", "messages", "tools", "lifecycle", "input", "checkpoints", "tasks", "custom"];

  it("traps 16 and 17: opens with a comment on a thread that does not exist, and shows its first run", async () => {
    const thread_id = randomUUID();
    const reading = read(thread_id, { channels: all });
    expect(await reading.opened).toMatchObject({ status: 200, first: ": heartbeat\n" });

    const { run_id } = await command(thread_id, "run.start", { assistant_id: "agent", input: { topic: "a" } });

    const events = await reading.untilEnd(run_id);
    expect(events[0]?.event_id).toBe(`synth:${run_id}:lc||running`);
    expect(events.at(-1)?.event_id).toBe(`synth:${run_id}:lc||completed`);
  });

  it("trap 1: has the same events on every connection, in order, and goes on after any of them", async () => {
    const thread_id = randomUUID();
    const { run_id } = await command(thread_id, "run.start", { assistant_id: "tool_agent", input: WEATHER });
    const events = await read(thread_id, { channels: all }).untilEnd(run_id);

    const again = await read(thread_id, { channels: all }).untilEnd(run_id);
    const seqs = events.map(({ seq }) => seq);

    expect(again).toEqual(events);
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(events.length);
    for (const n of [0, 1, 7, events.length - 2]) {
      const rest = await read(thread_id, { channels: all, since: seqs[n] ?? 0 }).untilEnd(run_id);
      expect(rest).toEqual(events.slice(n + 1));
    }
    expect(await read(thread_id, { channels: all, since: 0 }).untilEnd(run_id)).toEqual(events);
  });

  it("trap 2: begins with the newest run, and with `since` in the run before", async () => {
    const thread_id = randomUUID();
    const runs: string[] = [];
    for (const topic of ["a", "b"]) {
      const { run_id } = await command(thread_id, "run.start", { assistant_id: "agent", input: { topic } });
      runs.push(run_id);
      await client.runs.join(thread_id, run_id);
    }
    const [, second = ""] = runs;

    const lifecycle = (since?: number) =>
      read(thread_id, { channels: ["lifecycle"], namespaces: [[]], depth: 0, ...(since !== undefined && { since }) });

    expect((await lifecycle().untilEnd(second)).map(({ event_id }) => event_id)).toEqual([
      `synth:${second}:lc||running`,
      `synth:${second}:lc||completed`,
    ]);
    expect(await lifecycle(0).untilEnd(second)).toHaveLength(4);
  });

  it("shows a run that REST has made, with what its modes have recorded", async () => {
    const thread_id = randomUUID();
    await client.threads.create({ threadId: thread_id });
    const streamMode = ["messages-tuple", "values"] as const;
    const { run_id } = await client.runs.create(thread_id, "tool_agent", {
      input: WEATHER,
      streamMode: [...streamMode],
    });
    const events = await read(thread_id, { channels: all }).untilEnd(run_id);

    const of = (method: string) => events.filter((event) => event.method === method);
    expect(of("messages").map(({ params }) => params.data["event"])).toContain("content-block-delta");
    expect(
      of("messages").findLast(({ params }) => params.data["event"] === "content-block-finish")?.params.data,
    ).toEqual(expect.objectContaining({ content: { type: "text", text: "The weather in sf is sunny." } }));
    expect(of("values").at(-1)?.params.data["messages"]).toHaveLength(4);
    expect(of("checkpoints")).toEqual([]);
  });

  it("a run made here can be joined, and is on the stream of the thread by its runs", async () => {
    const thread_id = randomUUID();
    const { run_id } = await command(thread_id, "run.start", { assistant_id: "tool_agent", input: WEATHER });
    const joined: string[] = [];
    for await (const { event } of client.runs.joinStream(thread_id, run_id, { lastEventId: "-1" })) joined.push(event);

    expect(joined).toContain("values");
    expect(joined).toContain("updates");
    expect(joined.filter((event) => event.startsWith("protocol"))).toEqual([]);
    expect(await client.runs.join(thread_id, run_id)).toHaveProperty("messages");
  });

  it("trap 7: tells Python's watcher nothing of a run that is over, and of graphs below only their start", async () => {
    const thread_id = randomUUID();
    const before = await command(thread_id, "run.start", { assistant_id: "parent", input: { foo: "a" } });
    await client.runs.join(thread_id, before.run_id);
    const { created_at } = await client.runs.get(thread_id, before.run_id);
    await expect.poll(() => Date.now() - Date.parse(created_at)).toBeGreaterThan(1_000);

    const reading = read(thread_id, { channels: ["lifecycle", "input"] }, PYTHON);
    await reading.opened;
    const { run_id } = await command(thread_id, "run.start", { assistant_id: "tool_agent", input: WEATHER });
    const events = await reading.untilEnd(run_id);

    expect(events[0]?.event_id).toBe(`synth:${run_id}:lc||running`);
    const below = events.filter(({ params }) => params.namespace.length > 0).map(({ params }) => params.data["event"]);
    expect(new Set(below)).toEqual(new Set(["started"]));
  });

  it("tells Python's watcher what an earlier run has asked, for it may be answered", async () => {
    const thread_id = randomUUID();
    const input = { some_text: "hello" };
    const { run_id } = await command(thread_id, "run.start", { assistant_id: "hitl", input });
    await client.runs.join(thread_id, run_id);
    const { created_at } = await client.runs.get(thread_id, run_id);
    await expect.poll(() => Date.now() - Date.parse(created_at)).toBeGreaterThan(1_000);

    const events = await read(thread_id, { channels: ["lifecycle", "input"] }, PYTHON).untilEnd(run_id);

    expect(events.map(({ method }) => method)).toContain("input.requested");
  });

  it("ends a cancelled run as failed for the Python SDK, which knows no other end, and as interrupted for others", async () => {
    const thread_id = randomUUID();
    const input = { n: 1, delay_ms: 0, gate: thread_id };
    const { run_id } = await command(thread_id, "run.start", { assistant_id: "slow", input });
    await client.runs.cancel(thread_id, run_id, true);

    const channels = { channels: ["lifecycle", "values"] };
    const ends = [
      await read(thread_id, channels, PYTHON).untilEnd(run_id),
      await read(thread_id, channels).untilEnd(run_id),
    ];

    expect(ends.map((events) => events.at(-1)?.params.data["event"])).toEqual(["failed", "interrupted"]);
  });

  it("GET has no WebSocket", async () => {
    const response = await fetch(`${server.url}/threads/${randomUUID()}/stream/events`);

    expect([response.status, await response.json()]).toEqual([
      404,
      { detail: expect.stringContaining("POST") as unknown },
    ]);
  });
});

describe("what is refused changes nothing", () => {
  const run = { assistant_id: "agent", input: {} };
  test.each<[string, unknown, number, string]>([
    ["no JSON", "{", 400, "invalid_argument"],
    ["no id", { method: "run.start", params: run }, 400, "invalid_argument"],
    ["an id below 0", { id: -1, method: "run.start", params: run }, 400, "invalid_argument"],
    ["params that are a list", { id: 1, method: "run.start", params: [] }, 400, "invalid_argument"],
    ["an unknown command", { id: 1, method: "run.cancel" }, 200, "unknown_command"],
    ["a name of every object", { id: 1, method: "toString" }, 200, "unknown_command"],
    ["a subscription", { id: 1, method: "subscription.subscribe" }, 200, "not_supported"],
    ["no assistant", { id: 1, method: "run.start", params: { input: {} } }, 200, "invalid_argument"],
    [
      "an empty assistant",
      { id: 1, method: "run.start", params: { ...run, assistant_id: "" } },
      200,
      "invalid_argument",
    ],
    [
      "an unknown assistant",
      { id: 1, method: "run.start", params: { ...run, assistant_id: "x" } },
      404,
      "invalid_argument",
    ],
    ["a config that is none", { id: 1, method: "run.start", params: { ...run, config: 5 } }, 200, "invalid_argument"],
    [
      "an unknown checkpoint",
      { id: 1, method: "run.start", params: { ...run, config: { configurable: { checkpoint_id: "x" } } } },
      200,
      "no_such_checkpoint",
    ],
    ["an answer to nobody", { id: 1, method: "input.respond", params: { interrupt_id: "x" } }, 200, "no_such_run"],
    ["an answer without an id", { id: 1, method: "input.respond", params: { response: 1 } }, 200, "invalid_argument"],
    ["no answers", { id: 1, method: "input.respond", params: { responses: [] } }, 200, "invalid_argument"],
    ["a tree without a run", { id: 1, method: "agent.getTree" }, 200, "no_such_run"],
    ["a state of no thread", { id: 1, method: "state.get", params: { namespace: [] } }, 404, "no_such_run"],
  ])("%s", async (_, body, status, error) => {
    const thread_id = randomUUID();

    expect(await refused(thread_id, body)).toMatchObject({ status, frame: { type: "error", error } });
    await expect(client.threads.get(thread_id)).rejects.toThrow("404");
  });

  test.each<[string, unknown]>([
    ["no channels", {}],
    ["an empty list of channels", { channels: [] }],
    ["a channel that is no text", { channels: [1] }],
    ["a depth below 0", { channels: ["values"], depth: -1 }],
    ["a namespace that is none", { channels: ["values"], namespaces: ["x"] }],
    ["a position that is no number", { channels: ["values"], since: "1" }],
  ])("a stream of %s", async (_, body) => {
    const response = await fetch(`${server.url}/threads/${randomUUID()}/stream/events`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });

    expect([response.status, await response.json()]).toEqual([422, { detail: expect.any(String) as unknown }]);
  });

  it("trap 10: an answer with an id that waits for none leaves the thread as it was", async () => {
    const thread_id = randomUUID();
    const { run_id } = await command(thread_id, "run.start", { assistant_id: "hitl", input: { some_text: "a" } });
    await client.runs.join(thread_id, run_id);

    const body = { id: 1, method: "input.respond", params: { namespace: [], interrupt_id: "unknown", response: 1 } };

    expect(await refused(thread_id, body)).toMatchObject({ status: 200, frame: { error: "no_such_interrupt" } });
    expect(await client.runs.list(thread_id)).toHaveLength(1);
    expect((await client.threads.get(thread_id)).status).toBe("interrupted");
  });
});

test("run.start answers what waits, also with the input of a chat; null does not", async () => {
  const thread_id = randomUUID();
  const start = async (input: unknown) => {
    const { run_id } = await command(thread_id, "run.start", { assistant_id: "hitl", input });
    return client.runs.join(thread_id, run_id);
  };
  await start({ some_text: "a" });
  expect((await client.threads.get(thread_id)).status).toBe("interrupted");

  await start(null);
  expect((await client.threads.get(thread_id)).status).toBe("interrupted");

  expect(await start("answer")).toMatchObject({ some_text: "answer" });
});

test("state and tree of a thread", async () => {
  const thread_id = randomUUID();
  const { run_id } = await command(thread_id, "run.start", { assistant_id: "subgraph_interrupt", input: { said: [] } });
  await client.runs.join(thread_id, run_id);

  const state = await command(thread_id, "state.get", { keys: ["said", "unknown"] });
  const { tree } = await command(thread_id, "agent.getTree", {});
  const below = await refused(thread_id, { id: 1, method: "state.get", params: { namespace: ["nobody:1"] } });

  expect(state).toEqual({ values: { said: [] }, checkpoint: { id: expect.any(String) as string, ns: "" } });
  expect(tree).toMatchObject({
    namespace: [],
    status: "interrupted",
    graph_name: "subgraph_interrupt",
    children: [{ graph_name: "outer" }],
  });
  expect(below).toMatchObject({ status: 200, frame: { error: "no_such_namespace" } });
});
