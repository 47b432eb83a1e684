/**
 * Traps that clients of the thread-centric protocol have fallen into with other servers, by number. Those that a test elsewhere shows are
 * named there: 1, 2, 6 to 8, 10, 16, 17, 23, 25, 27 to 29. 4 and 18 are the clients' own; 24, 26 and 30 are no behaviour.
 */
import { randomUUID } from "node:crypto";
import { Client } from "@langchain/langgraph-sdk";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { asProtocol, type Told } from "./protocol-client.ts";

let server: SharedServer;
let client: Client;
const { command, read } = asProtocol(() => server.url);
beforeAll(async () => {
  server = await goldenServer();
  client = new Client({ apiUrl: server.url });
});
afterAll(() => server.stop());

const ALL = ["values", "updates", "messages", "tools", "lifecycle", "input", "checkpoints", "tasks", "custom"];
const WEATHER = { messages: [{ type: "human", content: "weather?" }] };
const start = async (thread_id: string, assistant_id: string, input: unknown, more: object = {}): Promise<string> =>
  (await command(thread_id, "run.start", { assistant_id, input, ...more })).run_id;
const openGate = (gate: string): Promise<unknown> => client.runs.wait(null, "open_gate", { input: { gate } });
const isRoot = (status: string) => (event: Told) =>
  event.method === "lifecycle" && event.params.namespace.length === 0 && event.params.data["event"] === status;

test("traps 3, 5 and 15: a filter changes no seq and no time, and `since: 0` is above 0, not the newest run", async () => {
  const thread_id = randomUUID();
  const run = await start(thread_id, "tool_agent", WEATHER);
  const all = await read(thread_id, { channels: ALL }).untilEnd(run);

  const some = await read(thread_id, { channels: ["tools", "lifecycle"], since: 0 }).untilEnd(run);

  expect(some).toEqual(all.filter(({ method }) => method === "tools" || method === "lifecycle"));
  expect(some.length).toBeLessThan(all.length);
  const { created_at } = await client.runs.get(thread_id, run);
  const times = all.map(({ params }) => params.timestamp);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times[0]).toBeGreaterThanOrEqual(Date.parse(created_at));
});

test("traps 9 and 11: a question has its value for Python, and can be answered as soon as it is seen", async () => {
  const thread_id = randomUUID();
  const reading = read(thread_id, { channels: ["input"] });
  await start(thread_id, "hitl", { some_text: "a" });
  const [asked] = await reading.until(({ method }) => method === "input.requested");
  const { interrupt_id, payload, value } = asked?.params.data ?? {};

  await command(thread_id, "input.respond", { namespace: [], interrupt_id, response: "b" });

  expect(value).toEqual(payload);
  await expect.poll(async () => (await client.threads.getState(thread_id)).values).toEqual({ some_text: "b" });
});

test("trap 12: after a run that was cancelled, `run.start` has an input, not an answer", async () => {
  const thread_id = randomUUID();
  const gate = randomUUID();
  const cancelled = await start(thread_id, "slow", { n: 1, delay_ms: 0, gate });
  await client.runs.cancel(thread_id, cancelled, true);
  // The thread's state may have it.
  await openGate(gate);
  const run = await start(thread_id, "slow", { n: 2, delay_ms: 0 });

  const events = await read(thread_id, { channels: ["lifecycle"] }).untilEnd(run);

  expect(events.at(-1)?.params.data["event"]).toBe("completed");
  expect((await client.threads.getState(thread_id)).values).toMatchObject({ n: 2, done: 2 });
});

test("trap 13: a run that waits is told to run when it does, after the end of the one before", async () => {
  const thread_id = randomUUID();
  const gate = randomUUID();
  const first = await start(thread_id, "slow", { n: 1, delay_ms: 0, gate });
  const second = await start(thread_id, "slow", { n: 2, delay_ms: 0 });
  const reading = read(thread_id, { channels: ["lifecycle"], namespaces: [[]], depth: 0, since: 0 });
  await reading.until(isRoot("running"));
  expect((await client.runs.get(thread_id, second)).status).toBe("pending");

  await openGate(gate);

  const events = await read(thread_id, { channels: ["lifecycle"], namespaces: [[]], depth: 0, since: 0 }).untilEnd(
    second,
  );
  expect(events.map(({ event_id }) => event_id)).toEqual(
    [first, second].flatMap((run) => [`synth:${run}:lc||running`, `synth:${run}:lc||completed`]),
  );
});

test("trap 14: when the end is told, the last values were, and state, thread and run are what they say", async () => {
  const thread_id = randomUUID();
  const reading = read(thread_id, { channels: ["values", "lifecycle"], namespaces: [[]], depth: 0 });
  await reading.opened;
  const run = await start(thread_id, "agent", { topic: "a" });
  const events = await reading.untilEnd(run);

  const [state, thread, { status }] = await Promise.all([
    client.threads.getState(thread_id),
    client.threads.get(thread_id),
    client.runs.get(thread_id, run),
  ]);

  expect([status, thread.status]).toEqual(["success", "idle"]);
  expect(events.at(-2)?.params.data).toEqual(state.values);
});

test("trap 19: a failure is an event of its run, not an error of the stream", async () => {
  const thread_id = randomUUID();
  const run = await start(thread_id, "boom", {});

  const events = await read(thread_id, { channels: ALL }).untilEnd(run);

  expect(new Set(events.map(({ type }) => type))).toEqual(new Set(["event"]));
  expect(events.at(-1)?.params.data).toMatchObject({
    event: "failed",
    error: expect.stringContaining("broke") as string,
  });
});

test("trap 20: a thread takes another assistant for its next run", async () => {
  const thread_id = randomUUID();
  for (const [assistant, input] of [
    ["joke_llm", { topic: "a" }],
    ["agent", { topic: "b" }],
  ] as const)
    await client.runs.join(thread_id, await start(thread_id, assistant, input));

  expect((await client.threads.getState(thread_id)).values).toMatchObject({
    topic: expect.stringContaining("b") as string,
  });
});

test("trap 21: the thread of the path counts, and LangGraph's own keys are not a client's to set", async () => {
  const [thread_id, other] = [randomUUID(), randomUUID()];
  const configurable = { thread_id: other, __pregel_resuming: true, __pregel_checkpointer: null };

  await client.runs.join(thread_id, await start(thread_id, "agent", { topic: "a" }, { config: { configurable } }));

  expect((await client.threads.getState(thread_id)).values).toHaveProperty("joke");
  await expect(client.threads.get(other)).rejects.toThrow("404");
});

test("trap 22: messages of a run that a command has started are stored as blocks, those of REST as text", async () => {
  const contentOfLast = async (thread_id: string): Promise<unknown> => {
    const { values } = await client.threads.getState<{ messages: { content: unknown }[] }>(thread_id);
    return values.messages.at(-1)?.content;
  };
  const { thread_id: rest } = await client.threads.create();
  await client.runs.wait(rest, "tool_agent", { input: WEATHER });
  const commanded = randomUUID();
  await client.runs.join(commanded, await start(commanded, "tool_agent", WEATHER));

  expect(await contentOfLast(rest)).toBe("The weather in sf is sunny.");
  expect(await contentOfLast(commanded)).toEqual([{ type: "text", text: "The weather in sf is sunny." }]);
});
