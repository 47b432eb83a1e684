/** Inputs of the wrong type, and values that JSON does not know: an error that says what is wrong, or what the official server shows. */
import { Client } from "@langchain/langgraph-sdk";
import { inject } from "vitest";

const client = new Client({ apiUrl: inject("pythonUrl"), apiKey: null });

interface Ran {
  /** Of mode `custom`. */
  told: unknown[];
  error: { error: string; message: string } | undefined;
  thread_id: string;
  /** Of the thread's row, and as the graph sees them. */
  values: unknown;
  state: unknown;
}

async function run(graph: string, input: unknown): Promise<Ran> {
  const { thread_id } = await client.threads.create();
  const body = { assistant_id: graph, input, stream_mode: ["custom"] };
  const asked = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(`${inject("pythonUrl")}/threads/${thread_id}/runs/stream`, asked);
  expect(response.status).toBe(200);
  const events = (await response.text()).split("\n\n").map((text) => ({
    event: /^event: (.*)$/m.exec(text)?.[1],
    data: JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? "null") as unknown,
  }));
  const { values } = await client.threads.get(thread_id);
  return {
    told: events.flatMap(({ event, data }) => (event === "custom" ? [data] : [])),
    error: events.find(({ event }) => event === "error")?.data as Ran["error"],
    thread_id,
    values,
    state: (await client.threads.getState(thread_id)).values,
  };
}

const worksStill = async (): Promise<void> => {
  expect(await client.runs.wait(null, "agent", { input: { topic: "x" } })).toMatchObject({ topic: "x and cats" });
};

describe("an input of the wrong type: the run's error is LangGraph's own, and nothing is stored of it", () => {
  const notDict = (shown: string) => ["InvalidUpdateError", `Expected dict, got ${shown}`] as const;
  const notList = (type: string) => ["TypeError", `can only concatenate list (not "${type}") to list`] as const;
  const noMessage = (why: string) => ["ValueError", why] as const;
  test.each<[string, unknown, readonly [error: string, message: string]]>([
    ["lists", { items: "text" }, notList("str")],
    ["lists", { items: null }, notList("NoneType")],
    ["lists", { items: { a: 1 } }, notList("dict")],
    ["lists", { items: 3 }, notList("int")],
    ["lists", [1], notDict("[1]")],
    ["lists", "text", notDict("text")],
    ["lists", 3, notDict("3")],
    ["lists", true, notDict("True")],
    ["lists", null, ["EmptyInputError", "Received no input for __start__"]],
    ["chat", { messages: [{ role: "nobody", content: "x" }] }, noMessage("Unexpected message type: 'nobody'")],
    ["chat", { messages: [{ role: "user" }] }, noMessage("Message dict must contain 'role' and 'content' keys")],
    ["chat", { messages: [3] }, ["NotImplementedError", "Unsupported message type: <class 'int'>"]],
    ["chat", { messages: null }, noMessage("Must specify non-null arguments for both 'left' and 'right'")],
    [
      "chat",
      { messages: [{ role: "user", content: { a: 1 } }] },
      ["ValidationError", "2 validation errors for HumanM"],
    ],
    ["typed", { topic: 3 }, ["ValidationError", "1 validation error for Typed\ntopic\n"]],
    ["typed", { topic: "x", number: "y" }, ["ValidationError", "1 validation error for Typed\nnumber\n"]],
    ["typed", {}, ["ValidationError", "1 validation error for Typed\ntopic\n  Field required"]],
    ["called", { a: 1 }, ["TypeError", "unsupported operand type(s) for +: 'dict' and 'str'"]],
    ["called", null, ["EmptyInputError", "Received no input for __start__"]],
  ])("%s %j", async (graph, input, [error, message]) => {
    const { error: told, thread_id } = await run(graph, input);

    expect(told?.error).toBe(error);
    expect(told?.message.slice(0, message.length)).toBe(message);
    expect(await client.threads.get(thread_id)).toMatchObject({ status: "error" });
    await worksStill();
  });
});

describe("a value that JSON does not know is streamed, shown by the thread and by its state as the same", () => {
  test.each([
    ["nan", [null, null]],
    ["surrogate", "a?b"],
    ["bytes", "AP8="],
    ["bytearray", "AP8="],
    ["set", [1]],
    ["datetime", "2026-01-02T00:00:00+00:00"],
    ["date", "2026-01-02"],
    ["decimal", 1.1],
    ["enum", "red"],
    ["keys", { 1: "a", null: "b", red: "c" }],
    ["model", { topic: "x", number: 1 }],
  ])("%s", async (kind, shown) => {
    const { told, values, state } = await run("odd", { kind });

    expect(told).toEqual([{ it: shown }]);
    expect(values).toEqual({ kind, held: shown });
    expect(state).toEqual(values);
  });
});

describe("a value that cannot be kept ends the run with an error that names its channel", () => {
  const why = { huge: "Integer exceeds 64-bit range", complex: "complex", generator: "map", class: "type" };
  test.each([...Object.entries(why), ["function", "function"]])("%s", async (kind, because) => {
    const { error } = await run("odd", { kind });

    expect(error?.error).toBe("UnserialisableError");
    expect(error?.message).toMatch(/^The channel "held" cannot be stored: /);
    expect(error?.message).toContain(because);
    await worksStill();
  });

  test("deep", async () => {
    const { error } = await run("odd", { kind: "deep" });

    const message = 'An event "custom" cannot be shown: it has too many levels, or contains itself';
    expect(error).toEqual({ error: "UnserialisableError", message });
  });
});

describe("an item of the store that JSON cannot express is no item that is deleted", () => {
  test.each([
    ["function", { kind: "function" }, 'The item "item" cannot be stored: JSON has no form for function'],
    ["the item itself", { kind: "class", held: true }, 'The item "item" cannot be stored: JSON has no form for type'],
  ])("%s", async (_, input, message) => {
    await client.store.putItem(["odd"], "item", { there: "before" });

    const { error } = await run("kept", input);

    expect(error).toEqual({ error: "UnserialisableError", message });
    expect(await client.store.getItem(["odd"], "item")).toMatchObject({ value: { there: "before" } });
  });

  test("what has a form is stored", async () => {
    await run("kept", { kind: "datetime" });

    const value = { it: "2026-01-02T00:00:00+00:00" };
    expect(await client.store.getItem(["odd"], "item")).toMatchObject({ value });
  });
});

test.each([
  ["leave", {}, { error: "SystemExit", message: "bye" }],
  ["leave_async", {}, { error: "SystemExit", message: "bye" }],
  ["leave", { held: true }, { error: "KeyboardInterrupt", message: "" }],
  ["leave_async", { held: true }, { error: "KeyboardInterrupt", message: "" }],
])("a node that exits (%s %j) fails its own run; the process of all others lives on", async (kind, given, error) => {
  const pidOf = async (): Promise<unknown> => await client.runs.wait(null, "pid", { input: {} });
  const before = await pidOf();

  expect((await run("leaves", { kind, ...given })).error).toEqual(error);

  expect(await pidOf()).toEqual(before);
});
