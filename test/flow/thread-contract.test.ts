/** What clients of the thread-centric protocol rely on: headers and frames, meta of answers, order of events, options of commands. */
import { randomUUID } from "node:crypto";
import { Client } from "@langchain/langgraph-sdk";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { asProtocol, type Told } from "./protocol-client.ts";

let server: SharedServer;
let client: Client;
const { command, read, refused } = asProtocol(() => server.url);
beforeAll(async () => {
  server = await goldenServer();
  client = new Client({ apiUrl: server.url });
});
afterAll(() => server.stop());

const ALL = ["values", "updates", "messages", "tools", "lifecycle", "input", "checkpoints", "tasks", "custom"];
const WEATHER = { messages: [{ type: "human", content: "weather?" }] };

/** To its end; with its events. */
async function run(thread_id: string, method: string, params: object): Promise<{ run_id: string; told: Told[] }> {
  const { run_id } = await command(thread_id, method, params);
  return { run_id, told: await read(thread_id, { channels: ALL }).untilEnd(run_id) };
}

const start = (thread_id: string, assistant_id: string, input: unknown, more: object = {}) =>
  run(thread_id, "run.start", { assistant_id, input, ...more });

describe("the stream", () => {
  test("headers are those of a stream that nobody keeps, and a frame names its event's method and id", async () => {
    const thread_id = randomUUID();
    await start(thread_id, "agent", { topic: "a" });
    const leave = new AbortController();
    const response = await fetch(`${server.url}/threads/${thread_id}/stream/events`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "text/event-stream" },
      body: JSON.stringify({ channels: ["lifecycle", "no such channel"], surprise: 1 }),
      signal: leave.signal,
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("||completed")) text += (await reader?.read())?.value ?? "";
    leave.abort();

    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("content-encoding")).toBeNull();
    const frame = text.split("\n\n").find((one) => one.includes("||running")) ?? "";
    const told = JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? "{}") as Told;
    expect(frame).toContain(`event: ${told.method}\n`);
    expect(frame).toContain(`id: ${told.event_id}`);
  });

  test("a checkpoint comes right before its values, an update after what its task has said, the end last", async () => {
    const { told } = await start(randomUUID(), "tool_agent", WEATHER);

    const root = told.filter(({ params }) => params.namespace.length === 0);
    const methods = root.map(({ method }) => method);
    const beforeValues = methods.filter((_, n) => methods[n + 1] === "values");
    expect(beforeValues.length).toBeGreaterThan(3);
    expect(new Set(beforeValues)).toEqual(new Set(["checkpoints"]));
    const finish = told.findIndex(({ params }) => params.data["event"] === "message-finish");
    expect(told.findIndex(({ method }) => method === "updates")).toBeGreaterThan(finish);
    expect([methods.at(0), methods.at(-1)]).toEqual(["lifecycle", "lifecycle"]);
    expect(told.at(-1)?.params.namespace).toEqual([]);
    // Messages are reduced in the state alone.
    const inTask = root.find(({ method, params }) => method === "tasks" && "input" in params.data)?.params.data[
      "input"
    ];
    expect((inTask as { messages: object[] }).messages[0]).toHaveProperty("additional_kwargs");
    expect(root.find(({ method }) => method === "values")?.params.data["messages"]).not.toHaveProperty(
      "0.additional_kwargs",
    );
  });

  test("an answer is told right after the start of its run; the question came with its value under both names", async () => {
    const thread_id = randomUUID();
    const { told: asked } = await start(thread_id, "hitl", { some_text: "a" });
    const question = asked.find(({ method }) => method === "input.requested")?.params.data;
    const interrupt_id = question?.["interrupt_id"];
    const { run_id, told } = await run(thread_id, "input.respond", { namespace: [], interrupt_id, response: "b" });

    expect(question).toEqual({ interrupt_id, payload: question?.["payload"], value: question?.["payload"] });
    expect(told.slice(0, 2).map(({ event_id }) => event_id)).toEqual([
      `synth:${run_id}:lc||running`,
      `synth:${run_id}:in|answered`,
    ]);
    expect(told[1]).toMatchObject({ method: "input.answered", params: { data: { interrupt_ids: [interrupt_id] } } });
  });
});

describe("commands", () => {
  test("the answer has the command's id and, in seq, what was told before the run", async () => {
    const thread_id = randomUUID();
    const { told: before } = await start(thread_id, "agent", { topic: "a" });
    const params = { assistant_id: "agent", input: { topic: "b" } };
    const { frame } = await refused(thread_id, { id: 77, method: "run.start", params, surprise: 1 });
    const since = frame.meta.applied_through_seq;
    const told = await read(thread_id, { channels: ALL, since }).untilEnd(frame.result.run_id);

    expect(frame).toMatchObject({ type: "success", id: 77, meta: { thread_id } });
    expect(before.at(-1)?.seq).toBeLessThanOrEqual(since);
    expect(told[0]?.event_id).toBe(`synth:${frame.result.run_id}:lc||running`);
    expect(told[0]?.seq).toBeGreaterThan(since);
  });

  test("run.start knows the strategy in both spellings, what it cannot read is enqueue, and the path names the thread", async () => {
    const thread_id = randomUUID();
    const other = randomUUID();
    const input = { n: 1, delay_ms: 0, gate: thread_id };
    const params = { assistant_id: "slow", input, config: { configurable: { thread_id: other } } };
    const first = await command(thread_id, "run.start", params);
    for (const strategy of [{ multitaskStrategy: "reject" }, { multitask_strategy: "reject" }]) {
      const body = { id: 1, method: "run.start", params: { ...params, ...strategy } };
      expect(await refused(thread_id, body)).toMatchObject({ status: 200, frame: { error: "invalid_argument" } });
    }
    const queued = await command(thread_id, "run.start", { ...params, multitaskStrategy: "nonsense" });

    const runs = await client.runs.list(thread_id);
    expect(new Set(runs.map(({ run_id }) => run_id))).toEqual(new Set([first.run_id, queued.run_id]));
    expect(runs.find(({ run_id }) => run_id === queued.run_id)?.multitask_strategy).toBe("enqueue");
    await expect(client.threads.get(other)).rejects.toThrow("404");
    for (const { run_id } of [queued, first]) await client.runs.cancel(thread_id, run_id, true);
  });

  test("state.get shows the graph that asks", async () => {
    const thread_id = randomUUID();
    const { told } = await start(thread_id, "subgraph_interrupt", { said: [] });
    const { namespace = [] } = told.find(({ method }) => method === "input.requested")?.params ?? {};
    const below = await command(thread_id, "state.get", { namespace });

    expect(namespace).not.toEqual([]);
    expect(below).toMatchObject({ checkpoint: { ns: namespace.join("|"), id: expect.any(String) as string } });
  });

  test("input.respond answers several at once, and may change the state", async () => {
    const thread_id = randomUUID();
    const { told } = await start(thread_id, "parallel_interrupts", { said: [] });
    const asked = told.filter(({ method }) => method === "input.requested").map(({ params }) => params.data);
    const responses = asked.map(({ interrupt_id, value }) => ({ interrupt_id, response: `to ${String(value)}` }));
    await run(thread_id, "input.respond", { responses, update: { said: ["noted"] } });

    const { values } = await client.threads.getState(thread_id);
    expect(new Set((values as { said: string[] }).said)).toEqual(
      new Set(["free", "noted", "one: to one", "two: to two", "last"]),
    );
  });

  test("run.start from a checkpoint goes on from there", async () => {
    const thread_id = randomUUID();
    await start(thread_id, "joke_llm", { topic: "cats" });
    const [, earlier] = await client.threads.getHistory(thread_id);
    const config = { configurable: { checkpoint_id: earlier?.checkpoint.checkpoint_id } };
    const { told } = await start(thread_id, "joke_llm", null, { config });

    const first = told.find(({ method }) => method === "checkpoints")?.params.data;
    expect(first).toMatchObject({ source: "fork", parent_id: earlier?.checkpoint.checkpoint_id });
    expect(told.at(-1)?.params.data["event"]).toBe("completed");
  });
});
