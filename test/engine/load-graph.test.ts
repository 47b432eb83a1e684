/** Every kind of export, loaded and run as the server does; and what is said about those that cannot be. */
import { fileURLToPath } from "node:url";
import { GraphError } from "../../functions/core/run/execute/engine-port.ts";
import { GRAPH_RETRY } from "../../functions/engine/javascript/timings.ts";
import { systemClock } from "../../functions/host/clock-and-ids.ts";
import { lastValues, openEngine, type TestEngine } from "./open-engine.ts";

const project = fileURLToPath(new URL("./projects/kinds", import.meta.url));
let now = 0;
let server: TestEngine;
beforeAll(async () => {
  // The test runner's own way to write stacks hides Node's source maps.
  Reflect.deleteProperty(Error, "prepareStackTrace");
  server = await openEngine(project, { clock: { ...systemClock, monotonic: () => now } });
});
afterAll(() => server.close());

const input = { said: "I am" };

test.each(["compiled", "builder", "promised", "configured", "wrapped", "bound", "saved", "unsaved", "functional"])(
  "%s runs with the server's checkpointer",
  async (graph_id) => {
    const thread_id = crypto.randomUUID();

    const { outcome, events } = await server.run({ graph_id, thread_id, kwargs: { input } });

    expect(outcome.kind).toBe("completed");
    expect(events.at(-1)).toEqual(["values", { said: `I am ${graph_id}` }]);
    expect(await server.checkpoints.head(thread_id, "")).toBeDefined();
  },
);

test("a factory is called for each run, with the run's config", async () => {
  const thread_id = crypto.randomUUID();

  const first = await server.run({ graph_id: "factory", thread_id, kwargs: { input } });
  const second = await server.run({ graph_id: "factory", thread_id, kwargs: { input } });

  expect(first.events.at(-1)).toEqual(["values", { said: `I am ${thread_id} 1` }]);
  expect(second.events.at(-1)).toEqual(["values", { said: `I am ${thread_id} 2` }]);
});

test.each([
  ["asyncFactory", { said: "I am late" }],
  ["nestedFactory", { said: "I am wrapped" }],
])("%s runs", async (graph_id, values) => {
  const { events } = await server.run({ graph_id, kwargs: { input, config: { configurable: { word: "late" } } } });

  expect(events.at(-1)).toEqual(["values", values]);
});

describe("R2: a factory is told what its graph is for", () => {
  const lastTold = async () => {
    const { said } = lastValues(await server.run({ graph_id: "teller", kwargs: { input } })) as { said: string };
    return JSON.parse(said) as unknown;
  };

  test.each([
    ["told", "a context", { context: { name: "Ada" } }, "Ada"],
    ["told", "settings alone, which serve as context", { config: { configurable: { name: "Ada" } } }, "Ada"],
    ["told", "none", {}, "no context"],
    ["nestedTold", "a context", { context: { name: "Ada" } }, "Ada"],
  ])("%s: a run with %s", async (graph_id, _name, kwargs, word) => {
    const { outcome, events } = await server.run({ graph_id, kwargs: { input, ...kwargs } });

    expect(outcome.kind).toBe("completed");
    expect(events.at(-1)).toEqual(["values", { said: `I am ${word}` }]);
  });

  test("reads of state and history have none", async () => {
    const thread_id = crypto.randomUUID();
    await server.run({ graph_id: "told", thread_id, kwargs: { input, context: { name: "Ada" } } });
    const history = { limit: 10, before: undefined, metadata: undefined, checkpoint: undefined };

    const state = await server.engine.state({ thread_id, graph_id: "told" });
    const toldByState = await lastTold();
    await server.engine.history({ thread_id, graph_id: "told", ...history });

    expect(state.values).toEqual({ said: "I am Ada" });
    expect(toldByState).toEqual({ accessContext: "threads.read", executionRuntime: null });
    expect(await lastTold()).toEqual({ accessContext: "threads.read", executionRuntime: null });
  });
});

test("a config that was bound to a graph survives", async () => {
  const bound = await server.run({ graph_id: "endless", kwargs: { input } });
  const given = await server.run({ graph_id: "endless", kwargs: { input, config: { recursion_limit: 5 } } });
  const tagged = await server.run({ graph_id: "configured", kwargs: { input, stream_mode: ["tasks"] } });

  expect(bound.outcome).toMatchObject({ kind: "failed", error: { error: "GraphRecursionError" } });
  expect(bound.outcome).toMatchObject({ error: { message: expect.stringContaining("limit of 3") } });
  expect(given.outcome).toMatchObject({ error: { message: expect.stringContaining("limit of 5") } });
  expect(tagged.events[0]).toMatchObject(["tasks", { metadata: { tags: expect.arrayContaining(["of-the-graph"]) } }]);
});

test.each([
  ["notAGraph", "(./kinds.ts:notAGraph) does not load: it is not a graph: Object"],
  ["text", "(./kinds.ts:text) does not load: it is not a graph: string"],
  ["missing", '(./kinds.ts:missing) does not load: it exports no "missing"'],
  ["brokenFactory", "(./kinds.ts:brokenFactory) does not load: no model is configured (kinds.ts:62)"],
  ["throws", "(./throws.ts:graph) does not load: THREADLINE_TEST_MISSING_KEY is not set (throws.ts:3)"],
  ["absent", "(./nowhere.ts:graph) does not load: "],
  ["nobody", "(langgraph.json) does not load: there is no such graph"],
])("%s is refused with graph, file and cause", async (graph_id, message) => {
  const { outcome, events } = await server.run({ graph_id, kwargs: { input } });

  expect(outcome).toMatchObject({
    kind: "failed",
    error: { error: "GraphError", message: expect.stringContaining(`Graph "${graph_id}" ${message}`) },
  });
  expect(events).toEqual([]);
});

/** Only the graph knows the states of its subgraphs. */
const ofSubgraph = { checkpoint_ns: "inner", checkpoint_id: undefined, checkpoint_map: undefined };

test.each(["notAGraph", "brokenFactory", "throws", "absent"])(
  "a state that needs the graph %s is refused, too; one without a checkpoint does not",
  async (graph_id) => {
    const query = { thread_id: crypto.randomUUID(), graph_id };

    await expect(server.engine.state({ ...query, checkpoint: ofSubgraph })).rejects.toThrow(GraphError);
    expect(await server.engine.state(query)).toMatchObject({ values: {}, next: [], created_at: null });
  },
);

test("a failure is remembered for a while, then the graph is tried again", async () => {
  const other = await openEngine(project, { clock: { ...systemClock, monotonic: () => now } });
  await expect(other.engine.load("throws")).rejects.toThrow("THREADLINE_TEST_MISSING_KEY is not set");
  process.env["THREADLINE_TEST_MISSING_KEY"] = "here";

  await expect(other.engine.load("throws")).rejects.toThrow("is not set");
  now += GRAPH_RETRY;
  await other.engine.load("throws");

  const { events } = await other.run({ graph_id: "throws", kwargs: { input } });
  expect(events.at(-1)).toEqual(["values", { said: "I am compiled" }]);
  delete process.env["THREADLINE_TEST_MISSING_KEY"];
  await other.close();
});

test("A3: graphs that were imported early load from there; one that failed then is tried again when it is needed", async () => {
  const other = await openEngine(project);
  await other.engine.importGraphs(new AbortController().signal);
  process.env["THREADLINE_TEST_MISSING_KEY"] = "here";

  const outcomes = await Promise.all(
    ["compiled", "throws"].map((graph_id) => other.run({ graph_id, kwargs: { input } })),
  );
  delete process.env["THREADLINE_TEST_MISSING_KEY"];

  expect(outcomes.map(({ outcome }) => outcome.kind)).toEqual(["completed", "completed"]);
  expect(other.lines.filter(({ message }) => message === "graph does not load")).toEqual([]);
  await other.close();
});

test("a factory that does not come to its end fails runs and reads after a time", async () => {
  const other = await openEngine(project, { loadTimeoutMs: 3_000 });
  const message = "its factory gave no graph in 3 s";

  const [{ outcome }] = await Promise.all([
    other.run({ graph_id: "hangs", kwargs: { input } }),
    expect(
      other.engine.state({ thread_id: crypto.randomUUID(), graph_id: "hangs", checkpoint: ofSubgraph }),
    ).rejects.toThrow(message),
  ]);

  expect(outcome).toMatchObject({ kind: "failed", error: { message: expect.stringContaining(message) } });
  await other.close();
});

test("the project's environment fills what is unset", async () => {
  await server.engine.load("compiled");

  expect(process.env["THREADLINE_TEST_GREETING"]).toBe("hello");
});

test("all graphs are listed, also those that do not load", () => {
  const ids = server.engine.graphs().map(({ graph_id }) => graph_id);

  expect(ids).toEqual(expect.arrayContaining(["compiled", "throws", "absent"]));
  expect(Date.parse(server.engine.builtAt())).not.toBeNaN();
});
