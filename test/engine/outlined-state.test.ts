/** State, history and values from the checkpoint alone are what the graph itself would say, byte for byte. */
import { fileURLToPath } from "node:url";
import { GraphError, type StateQuery } from "../../functions/core/run/execute/engine-port.ts";
import { OUTLINE_BYTES } from "../../functions/core/checkpoint/limits.ts";
import { jsonBytes } from "../../functions/core/json/size-limits.ts";
import type { JsonObject } from "../../functions/protocol/json.ts";
import { newRun, openEngine, type TestEngine } from "./open-engine.ts";
import { ALL, at, readsOf, runAll, type Step, withoutOutlines } from "./outlined-threads.ts";

const projects = (name: string): string => fileURLToPath(new URL(`./projects/${name}`, import.meta.url));
const PROJECTS = { golden: "golden", behaviors: projects("behaviors"), kinds: projects("kinds") };

/** One project three times over one store: as it is, without outlines, and without any of its modules. */
interface Served {
  whole: TestEngine;
  /** Reads heads as they were before they had outlines. */
  older: TestEngine;
  /** Fails wherever a graph is needed. */
  empty: TestEngine;
}

const served = new Map<string, Promise<Served>>();
const serve = (project: keyof typeof PROJECTS): Promise<Served> => {
  const known = served.get(project) ?? openThrice(PROJECTS[project]);
  served.set(project, known);
  return known;
};
afterAll(async () => {
  for (const opening of served.values()) {
    const { whole, older, empty } = await opening;
    await Promise.all([whole, older, empty].map((engine) => engine.close()));
  }
});

async function openThrice(project: string): Promise<Served> {
  const whole = await openEngine(project);
  const { checkpoints } = whole;
  const older = await openEngine(project, { checkpoints: withoutOutlines(checkpoints) });
  const empty = await openEngine(project, { checkpoints }, (manifest) => ({
    bridges: {},
    graphs: Object.fromEntries(
      Object.entries(manifest.graphs).map(([id, entry]) => [id, { ...entry, module: "nowhere.ts" }]),
    ),
  }));
  return { whole, older, empty };
}

/** Those of its values, too. */
async function readsWithValues(one: TestEngine, query: StateQuery): Promise<string[]> {
  const [newest] = await one.engine.history({ ...query, ...ALL });
  const head = newest && { checkpoint_id: newest.checkpoint_id ?? "" };
  return [JSON.stringify(await one.engine.values(query.thread_id, head)), ...(await readsOf(one, query))];
}

const chat = { input: { messages: [{ role: "user", content: "Weather in Paris?" }] } };

test.each<[project: keyof typeof PROJECTS, graph_id: string, ...steps: Step[]]>([
  ["golden", "agent", { input: { topic: "ice" } }, { input: { topic: "snow" } }],
  ["golden", "agent", { input: { topic: "ice" }, durability: "exit" }],
  ["golden", "hitl", { input: { some_text: "a" } }],
  ["golden", "hitl", { input: { some_text: "a" } }, { command: { resume: "b" } }],
  ["golden", "ask_again", { input: {} }, { command: { resume: "no" } }],
  ["golden", "ask_again", { input: {} }, { command: { resume: "no" } }, { command: { resume: 7 } }],
  ["golden", "parent", { input: { foo: "x" } }],
  ["golden", "subgraph_interrupt", { input: {} }],
  ["golden", "subgraph_interrupt", { input: {} }, { command: { resume: "yes" } }],
  ["golden", "boom", { input: { foo: "x" } }],
  ["golden", "tool_agent", chat, chat],
  ["golden", "tokens", { input: { n: 3, delay_ms: 0 } }],
  ["golden", "review", { input: { size: 9 } }, { command: { resume: "no" } }],
  ["behaviors", "sends", { input: {} }],
  ["behaviors", "fan", { input: { width: 4, size: 3 } }],
  ["behaviors", "tools", { input: { messages: [] } }],
  ["behaviors", "counter", { input: {} }],
  ["behaviors", "catching", { input: {} }],
  ...["plain", "undefined", "function", "message", "date", "like a map", "like a message", "like both", "bytes"].map(
    (kind): [keyof typeof PROJECTS, string, Step] => ["behaviors", "stored", { input: { kind, pause: true } }],
  ),
  ["behaviors", "stored", { input: { kind: "input", value: null } }],
  ["kinds", "functional", { input: { said: "I am" } }, { input: { said: "again" } }],
  ["kinds", "unsaved", { input: { said: "I am" } }],
  ["kinds", "configured", { input: { said: "I am" } }],
])("%s: %s %j %j", async (project, graph_id, ...steps) => {
  const engines = await serve(project);
  const query = await runAll(engines.whole, graph_id, steps);

  const byGraph = await readsWithValues(engines.older, query);

  expect(byGraph.length).toBeGreaterThan(4);
  expect(await readsWithValues(engines.empty, query)).toEqual(byGraph);
  expect(await readsWithValues(engines.whole, query)).toEqual(byGraph);
});

/** The same read with outlines, without them, and where no graph can be loaded. */
async function readWith(engines: Served, read: (engine: TestEngine["engine"]) => Promise<unknown>) {
  const [whole, older] = [await read(engines.whole.engine), await read(engines.older.engine)];
  const without = await read(engines.empty.engine).catch((error: unknown) => error);
  return { isSame: JSON.stringify(whole) === JSON.stringify(older), without };
}

/** Of a read that only the graph can answer. */
const BY_GRAPH = { isSame: true, without: expect.any(GraphError) as GraphError };

describe("the graph is asked", () => {
  const ofNamespace = (checkpoint_ns: string) => ({
    checkpoint_ns,
    checkpoint_id: undefined,
    checkpoint_map: undefined,
  });

  test("where some tasks are done and others wait: its reducers tell the values", async () => {
    const engines = await serve("golden");
    const query = await runAll(engines.whole, "parallel_interrupts", [{ input: {} }]);

    expect(await readWith(engines, (engine) => engine.state(query))).toEqual(BY_GRAPH);
    // What tasks have written is not applied to a checkpoint of the history.
    const [byGraph, outlined] = await Promise.all(
      [engines.older, engines.empty].map(({ engine }) => engine.history({ ...query, ...ALL })),
    );
    expect(JSON.stringify(outlined)).toBe(JSON.stringify(byGraph));
  });

  test("for the states of subgraphs, if a node is one", async () => {
    const engines = await serve("golden");
    const query = await runAll(engines.whole, "subgraph_interrupt", [{ input: {} }]);
    const task = (await engines.empty.engine.state(query)).tasks[0];
    const inner = ofNamespace(`outer:${task?.id}`);

    expect(await readWith(engines, (engine) => engine.state({ ...query, subgraphs: true }))).toEqual(BY_GRAPH);
    expect(await readWith(engines, (engine) => engine.state({ ...query, checkpoint: inner }))).toEqual(BY_GRAPH);
    expect(await readWith(engines, (engine) => engine.history({ ...query, ...ALL, checkpoint: inner }))).toEqual(
      BY_GRAPH,
    );

    const plain = await runAll(engines.whole, "hitl", [{ input: { some_text: "a" } }]);
    const states = [engines.older, engines.empty].map(({ engine }) => engine.state({ ...plain, subgraphs: true }));
    expect(JSON.stringify(await states[1])).toBe(JSON.stringify(await states[0]));
  });

  test("to put the interrupts of a subgraph in order", async () => {
    const engines = await serve("behaviors");
    const query = await runAll(engines.whole, "late_asking", [{ input: {} }]);

    expect(await readWith(engines, (engine) => engine.state(query))).toEqual(BY_GRAPH);
  });

  test("for channels that keep differences, and where a factory makes the graph", async () => {
    const [behaviors, kinds] = [await serve("behaviors"), await serve("kinds")];
    const delta = await runAll(behaviors.whole, "delta", [{ input: { said: ["a"] } }]);
    const made = await runAll(kinds.whole, "asyncFactory", [{ input: { said: "I am" } }]);

    expect(await readWith(behaviors, (engine) => engine.state(delta))).toEqual(BY_GRAPH);
    expect(await readWith(behaviors, (engine) => engine.history({ ...delta, ...ALL }))).toEqual(BY_GRAPH);
    expect(await readWith(kinds, (engine) => engine.state(made))).toEqual(BY_GRAPH);
  });

  test("where a superstep has more tasks than a head should tell of", async () => {
    const engines = await serve("behaviors");
    const query = await runAll(engines.whole, "fan", [{ input: { width: 90, size: 1 } }]);
    const { whole, empty } = engines;

    expect((await whole.engine.state(query)).tasks).toHaveLength(90);
    await expect(empty.engine.state(query)).rejects.toThrow(GraphError);
    for await (const { outline = null } of whole.checkpoints.heads(query.thread_id, {}))
      expect(jsonBytes(outline)).toBeLessThanOrEqual(OUTLINE_BYTES);
  });

  test("after the graph has changed", async () => {
    const engines = await serve("golden");
    const query = await runAll(engines.whole, "hitl", [{ input: { some_text: "a" } }]);
    const { checkpoints } = engines.whole;
    const changed = await openEngine(PROJECTS.golden, { checkpoints }, ({ graphs }) => ({
      graphs: Object.fromEntries(
        Object.entries(graphs).map(([id, entry]) => [id, { ...entry, module: "nowhere.ts", topology: "another" }]),
      ),
    }));

    await expect(changed.engine.state(query)).rejects.toThrow(GraphError);
    await changed.close();
  });
});

test("a run that is handed over, and one that was left in the middle, read the same at each step", async () => {
  const engines = await serve("behaviors");
  const { whole, older, empty } = engines;
  const run = { ...newRun(), graph_id: "counter", kwargs: { input: { n: 5 }, stream_mode: ["custom"] } };
  const drain = new AbortController();
  const onEvent = ({ data }: { data: string }) => data === "1" && drain.abort();
  const { outcome } = await whole.run({ ...run, context: { drain: drain.signal }, onEvent });
  const query = { thread_id: run.thread_id, graph_id: "counter" };
  const left = await readsWithValues(older, query);
  expect([outcome.kind, await readsWithValues(empty, query)]).toEqual(["drained", left]);

  await whole.run({ ...run, claim: { log_start: 1, epoch: 2 }, handed_off: true });

  const ended = await readsWithValues(older, query);
  expect(ended.length).toBeGreaterThan(left.length);
  expect(await readsWithValues(empty, query)).toEqual(ended);
});

test("copies, updates and forks keep what reads need, with the ids of their own threads", async () => {
  const engines = await serve("golden");
  const { whole, older, empty } = engines;
  const query = await runAll(engines.whole, "hitl", [{ input: { some_text: "a" } }]);
  const [asked] = await whole.engine.history({ ...query, ...ALL });
  const copy = { ...query, thread_id: newRun().thread_id };
  await whole.checkpoints.copy(query.thread_id, copy.thread_id);
  const update = (values: JsonObject | null, as_node?: string) =>
    whole.engine.update(
      {
        thread_id: copy.thread_id,
        graph_id: "hitl",
        checkpoint: asked && at(asked),
        supersteps: [{ updates: [{ values, as_node, command: undefined }] }],
        claim: { log_start: 50, epoch: 1 },
        fresh: false,
      },
      whole.checkpoints,
    );
  expect((await update({ some_text: "forked" }, "human_node")).kind).toBe("updated");
  expect((await update(null)).kind).toBe("updated");

  const byGraph = await readsWithValues(older, copy);

  expect(byGraph.join()).not.toContain(query.thread_id);
  expect(await readsWithValues(empty, copy)).toEqual(byGraph);
});
