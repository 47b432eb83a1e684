/** What the recordings do not show of the events: subgraphs, tags, silent models, values that JSON cannot express, what may wait. */
import { fileURLToPath } from "node:url";
import type { JsonObject } from "../../functions/protocol/json.ts";
import { type Emitted, newRun, openEngine, type TestEngine } from "./open-engine.ts";

let server: TestEngine;
beforeAll(async () => {
  server = await openEngine(fileURLToPath(new URL("./projects/behaviors", import.meta.url)));
});
afterAll(() => server.close());

const human = { messages: [{ role: "user", content: "hi", id: "human-1" }] };
const named = ({ events }: Emitted, pattern: RegExp) => events.filter(([name]) => pattern.test(name));

describe("tokens", () => {
  test("carry node and tags, a silent model's are not sent, whole messages are", async () => {
    const { events } = await server.run({
      graph_id: "tagged",
      kwargs: { input: human, stream_mode: ["messages-tuple"] },
    });

    const facts = events.map(([, data]) => {
      const [message, metadata] = data as [JsonObject, JsonObject];
      return [message["content"], metadata["langgraph_node"], metadata["tags"]];
    });
    expect(facts).toEqual([
      ["one ", "loud", expect.arrayContaining(["joke"])],
      ["two", "loud", expect.arrayContaining(["joke"])],
      ["at once", "whole", expect.anything()],
    ]);
  });

  test("grow to the message, which is announced once; a whole one is complete at once", async () => {
    const { events, urgencies } = await server.run({
      graph_id: "tagged",
      kwargs: { input: human, stream_mode: ["messages"] },
    });

    expect(urgencies).toEqual([
      ["messages/metadata", "token"],
      ["messages/partial", "token"],
      ["messages/partial", "token"],
      ["messages/metadata", "token"],
      ["messages/complete", "structural"],
    ]);
    expect(events[0]?.[1]).toMatchObject({
      [idOf(events[1])]: { metadata: { langgraph_node: "loud", tags: ["joke"] } },
    });
    expect(events[2]?.[1]).toMatchObject([{ content: "one two", type: "ai", id: idOf(events[1]) }]);
    expect(events[4]?.[1]).toMatchObject([{ content: "at once", type: "ai", id: "whole-1" }]);
    expect(JSON.stringify(events)).not.toContain("human-1");
  });

  test("of a subgraph come under its name if asked for", async () => {
    const kwargs = { input: { said: "" }, stream_mode: ["messages-tuple"], subgraphs: true };

    const tuples = await server.run({ graph_id: "nested_tokens", kwargs });
    const whole = await server.run({ graph_id: "nested_tokens", kwargs: { ...kwargs, stream_mode: ["messages"] } });

    expect(tuples.events.map(([name]) => name)).toEqual(
      Array(2).fill(expect.stringMatching(/^messages\|outer:[\w-]+$/)),
    );
    expect(named(whole, /^messages\/partial\|outer:[\w-]+$/)).toHaveLength(2);
  });
});

const say = (kind: string) =>
  server.run({ graph_id: "values", kwargs: { input: { kind }, stream_mode: ["custom", "updates"] } });

describe("values", () => {
  test.each([
    ["plain", { text: "line\nbreak\u2028", list: [1, null, true], not: null }],
    ["undefined", null],
    [
      "message",
      { nested: [{ deep: { content: "hi", id: "m1", type: "human", additional_kwargs: {}, response_metadata: {} } }] },
    ],
    [
      "instances",
      { map: { a: 1 }, set: [1, 2], date: new Date(0).toISOString(), error: { error: "Error", message: "far" } },
    ],
  ])("%s is said", async (kind, said) => {
    const { events, outcome } = await say(kind);

    expect(events).toEqual([
      ["custom", said],
      ["updates", { say: { kind } }],
    ]);
    expect(outcome.kind).toBe("completed");
  });

  test.each([["bigint"], ["circle"]])("%s fails the run and nothing else", async (kind) => {
    const { outcome } = await say(kind);

    expect(outcome).toMatchObject({
      kind: "failed",
      error: {
        error: "UnserialisableError",
        message: expect.stringMatching(/^An event "custom" cannot be written as JSON: /),
      },
    });
    expect((await say("plain")).outcome.kind).toBe("completed");
  });

  test("never hold a line break", async () => {
    const lines: string[] = [];

    await server.run({
      graph_id: "values",
      kwargs: { input: { kind: "plain" }, stream_mode: ["custom"] },
      onEvent: ({ data }) => lines.push(data),
    });

    expect(lines.join("")).not.toMatch(/[\n\r]/);
  });
});

test("what shows an interrupt waits for the run's end, the rest goes out", async () => {
  const modes = ["values", "updates", "tasks", "checkpoints", "debug"];

  const { urgencies, events } = await server.run({ graph_id: "nested", kwargs: { input: {}, stream_mode: modes } });

  const held = urgencies.map(([, urgency]) => urgency === "held");
  expect(held).toEqual(events.map(([, data]) => JSON.stringify(data).includes('"value":"inner"')));
  expect(held.filter(Boolean)).toHaveLength(4);
});

test("internal keys do not leave the server", async () => {
  const configurable = { tenant: "t1", __pregel_checkpointer: "forged" };

  const { outcome, events } = await server.run({
    graph_id: "path",
    kwargs: { input: { n: 0 }, config: { configurable }, stream_mode: ["debug", "checkpoints"], subgraphs: true },
  });

  expect(outcome.kind).toBe("completed");
  expect(JSON.stringify(events)).not.toMatch(/__pregel_(?!pull|tasks)|callbacks/);
  expect(events[0]).toMatchObject(["checkpoints", { config: { configurable: { tenant: "t1" } }, parent_config: null }]);
});

test.each([
  ["0.2.74", ["tasks", "tools", "updates"], ["tasks", "tools"], ["updates", "updates"]],
  ["1.1.5", ["tools", "updates"], ["tools"], ["updates", "updates"]],
])(
  "R3: modes that LangGraph %s does not know are dropped: client and log are told",
  async (version, asked, lacks, rest) => {
    const old = await openEngine("golden", {}, { langgraph_version: version });
    const run = newRun();

    const { events, outcome } = await old.run({
      ...run,
      graph_id: "agent",
      kwargs: { input: { topic: "x" }, stream_mode: asked },
    });

    expect(outcome.kind).toBe("completed");
    expect(events[0]).toEqual(["metadata", { run_id: run.run_id, attempt: 1, unsupported_stream_modes: lacks }]);
    expect(events.slice(1).map(([name]) => name)).toEqual(rest);
    expect(old.lines).toContainEqual({
      message: "stream modes unknown to the project's LangGraph",
      fields: expect.objectContaining({ modes: lacks }),
    });
    await old.close();
  },
);

describe("tools", () => {
  test("R3: tell their progress, beside other modes", async () => {
    const { events } = await server.run({
      graph_id: "tools",
      kwargs: { input: { messages: [] }, stream_mode: ["values", "tools"] },
    });

    const told = events.flatMap(([name, data]) => (name === "tools" ? [data as JsonObject] : []));
    const of = (tool: string) => told.filter(({ name }) => name === tool).map(({ event, data }) => [event, data]);
    expect(of("steps")).toEqual([
      ["on_tool_start", undefined],
      ["on_tool_event", { step: 0 }],
      ["on_tool_event", { step: 1 }],
      ["on_tool_end", undefined],
    ]);
    expect(told.find(({ event }) => event === "on_tool_error")).toMatchObject({
      name: "broken",
      error: { error: "Error", message: "secret text" },
    });
    expect(events.filter(([name]) => name === "values").length).toBeGreaterThan(1);
  });

  test.each(["tools", "events"])("R21: hidden is what a tool has thrown (%s)", async (mode) => {
    const hiding = await openEngine(fileURLToPath(new URL("./projects/behaviors", import.meta.url)), {
      errorDetail: "hide",
    });

    const { events } = await hiding.run({
      graph_id: "tools",
      kwargs: { input: { messages: [] }, stream_mode: [mode] },
    });

    const errors = events.map(([, data]) => data as JsonObject).filter(({ event }) => event === "on_tool_error");
    expect(errors).toHaveLength(1);
    expect(JSON.stringify(errors)).toContain("An internal error occurred");
    expect(JSON.stringify(errors)).not.toContain("secret");
    await hiding.close();
  });
});

/** Id of the first message in an event. */
function idOf(event: Emitted["events"][number] | undefined): string {
  const id = Array.isArray(event?.[1]) ? (event[1][0] as JsonObject)["id"] : undefined;
  return typeof id === "string" ? id : "";
}
