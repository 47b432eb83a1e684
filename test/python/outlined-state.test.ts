/** State and history of a thread of Python from its checkpoints alone are what the graph itself would say, byte for byte. */
import { GraphError } from "../../functions/core/run/execute/engine-port.ts";
import type { Manifest } from "../../functions/protocol/manifest.ts";
import { newRun, openEngine, type TestEngine } from "../engine/open-engine.ts";
import { ALL, readsOf, runAll, type Step, withoutOutlines } from "../engine/outlined-threads.ts";
import { interpreter } from "./python-server.ts";

/** One project three times over one store. */
let whole: TestEngine;
/** Reads heads as they were before they had outlines. */
let older: TestEngine;
/** Has no Python: fails wherever a graph is needed. */
let without: TestEngine;

/** As packaging records it, where it has loaded the graph. */
const recorded = ({ graphs }: Manifest): Partial<Manifest> => ({
  graphs: Object.fromEntries(Object.entries(graphs).map(([id, entry]) => [id, { ...entry, topology: "recorded" }])),
});

beforeAll(async () => {
  whole = await openEngine("python", { python: interpreter() }, recorded);
  const { checkpoints } = whole;
  older = await openEngine("python", { python: interpreter(), checkpoints: withoutOutlines(checkpoints) }, recorded);
  without = await openEngine("python", { checkpoints }, recorded);
});
afterAll(async () => {
  for (const one of [whole, older, without]) {
    one.engine.close();
    await one.close();
  }
});

const chat = { input: { messages: [{ role: "user", content: "Weather in Paris?" }] } };

test.each<[graph_id: string, ...steps: Step[]]>([
  ["agent", { input: { topic: "ice" } }, { input: { topic: "snow" } }],
  ["agent", { input: { topic: "ice" }, durability: "exit" }],
  ["hitl", { input: { some_text: "a" } }],
  ["hitl", { input: { some_text: "a" } }, { command: { resume: "b" } }],
  ["half", { input: {} }, { command: { resume: "b" } }, { command: { resume: "c" } }],
  ["parent", { input: { foo: "x" } }],
  ["boom", { input: { foo: "x" } }],
  ["tool_agent", chat, chat],
  ["joke_llm", { input: { topic: "ice" } }],
  ["remember", { input: { fact: "f" }, context: { user: "u" } }],
  ["sends", { input: { width: 3 } }],
  ["commands", { input: {} }],
  ["functional", { input: "ab" }, { command: { resume: "yes" } }],
  ["values", { input: { values: {}, messages: [] } }],
])("%s: %s %j", async (graph_id, ...steps) => {
  const query = await runAll(whole, graph_id, steps);

  const byGraph = await readsOf(older, query);

  expect(byGraph.length).toBeGreaterThan(4);
  expect(await readsOf(without, query)).toEqual(byGraph);
  expect(await readsOf(whole, query)).toEqual(byGraph);
});

test("a thread without checkpoints is empty", async () => {
  const query = { ...newRun(), graph_id: "agent" };

  expect(await without.engine.state(query)).toEqual(await older.engine.state(query));
});

test("an update keeps what reads need", async () => {
  const query = await runAll(whole, "hitl", [{ input: { some_text: "a" } }]);
  const updates = [{ values: { some_text: "forked" }, as_node: "human_node", command: undefined }];
  const claim = { log_start: 50, epoch: 1 };
  const { thread_id, graph_id = "" } = query;
  const request = { thread_id, graph_id, checkpoint: undefined, supersteps: [{ updates }], claim, fresh: false };
  expect((await whole.engine.update(request, whole.checkpoints)).kind).toBe("updated");

  expect(await readsOf(without, query)).toEqual(await readsOf(older, query));
});

/** The same read with outlines, without them, and where there is no Python. */
async function readWith(read: (engine: TestEngine["engine"]) => Promise<unknown>) {
  const [byOutline, byGraph] = [await read(whole.engine), await read(older.engine)];
  const error = await read(without.engine).catch((thrown: unknown) => thrown);
  return { isSame: JSON.stringify(byOutline) === JSON.stringify(byGraph), error };
}

/** Of a read that only the graph can answer. */
const BY_GRAPH = { isSame: true, error: expect.any(GraphError) as GraphError };

describe("the graph is asked", () => {
  test("where some tasks are done and others wait: its reducers tell the values", async () => {
    const query = await runAll(whole, "half", [{ input: {} }]);

    expect(await readWith((engine) => engine.state(query))).toEqual(BY_GRAPH);
    // What tasks have written is not applied to a checkpoint of the history.
    expect(await without.engine.history({ ...query, ...ALL })).toEqual(
      await older.engine.history({ ...query, ...ALL }),
    );
  });

  test("for the states of subgraphs, if a node is one", async () => {
    const query = await runAll(whole, "ask_three", [{ input: {} }]);
    const { tasks } = await without.engine.state(query);
    const inner = { checkpoint_ns: `node_1:${tasks[0]?.id}`, checkpoint_id: undefined, checkpoint_map: undefined };

    expect(await readWith((engine) => engine.state({ ...query, subgraphs: true }))).toEqual(BY_GRAPH);
    expect(await readWith((engine) => engine.state({ ...query, checkpoint: inner }))).toEqual(BY_GRAPH);
  });

  test("where a factory makes the graph", async () => {
    const query = await runAll(whole, "factory_of_nothing", [{ input: {} }]);

    expect(await readWith((engine) => engine.state(query))).toEqual(BY_GRAPH);
  });
});
