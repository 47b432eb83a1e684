/** State, history and values of threads, as the API shows them. */
import { fileURLToPath } from "node:url";
import { openEngine, type TestEngine } from "./open-engine.ts";

let server: TestEngine;
let golden: TestEngine;
beforeAll(async () => {
  server = await openEngine(fileURLToPath(new URL("./projects/behaviors", import.meta.url)));
  golden = await openEngine("golden");
});
afterAll(() => Promise.all([server.close(), golden.close()]));

const newThread = () => ({ thread_id: crypto.randomUUID() });
const history = { limit: 10, before: undefined, metadata: undefined, checkpoint: undefined };

test("a thread that never ran has an empty state and no history", async () => {
  const { thread_id } = newThread();

  const state = await golden.engine.state({ thread_id, graph_id: "agent" });

  expect(state).toMatchObject({
    values: {},
    next: [],
    tasks: [],
    metadata: {},
    created_at: null,
    checkpoint: { thread_id, checkpoint_ns: "", checkpoint_id: null },
    parent_checkpoint: null,
    interrupts: [],
  });
  expect(await golden.engine.history({ thread_id, graph_id: "agent", ...history })).toEqual([]);
});

test("an unknown checkpoint has an empty state, under the id that was asked for", async () => {
  const { thread_id } = newThread();
  await golden.run({ thread_id, graph_id: "agent", kwargs: { input: { topic: "x" } } });
  const checkpoint = { checkpoint_id: crypto.randomUUID(), checkpoint_ns: undefined, checkpoint_map: undefined };

  const state = await golden.engine.state({ thread_id, graph_id: "agent", checkpoint });

  expect(state).toMatchObject({
    values: {},
    next: [],
    checkpoint: { thread_id, checkpoint_ns: "", checkpoint_id: checkpoint.checkpoint_id },
    parent_checkpoint: null,
  });
});

test("state and history of a run of two nodes", async () => {
  const { thread_id } = newThread();
  const run_id = crypto.randomUUID();
  await golden.run({
    thread_id,
    run_id,
    graph_id: "agent",
    kwargs: { input: { topic: "x" } },
    metadata: { lang: "de" },
  });
  const query = { thread_id, graph_id: "agent", ...history };

  const state = await golden.engine.state(query);
  const states = await golden.engine.history(query);

  expect(states.map(({ next }) => next)).toEqual([[], ["generate_joke"], ["refine_topic"], ["__start__"]]);
  expect(states[0]).toEqual(state);
  expect(state).toMatchObject({
    values: { topic: "x and cats", joke: "This is a joke about x and cats" },
    metadata: { run_id, lang: "de", graph_id: "agent", source: "loop", step: 2, parents: {} },
    parent_checkpoint: states[1]?.checkpoint,
    parent_checkpoint_id: states[1]?.checkpoint_id,
  });
  expect(state.metadata).not.toHaveProperty("checkpoint_ns");
  expect(Date.parse(state.created_at ?? "")).not.toBeNaN();
  expect(states[1]?.tasks).toMatchObject([
    { name: "generate_joke", error: null, interrupts: [], checkpoint: null, state: null },
  ]);
});

test("history before a checkpoint, by metadata, limited", async () => {
  const { thread_id } = newThread();
  const query = { thread_id, graph_id: "agent", ...history };
  for (const lang of ["de", "fr"])
    await golden.run({ thread_id, graph_id: "agent", kwargs: { input: { topic: lang } }, metadata: { lang } });
  const all = await golden.engine.history(query);
  const checkpoint_id = all[2]?.checkpoint_id ?? "";

  const before = await golden.engine.history({
    ...query,
    before: { checkpoint_id, checkpoint_ns: undefined, checkpoint_map: undefined },
  });
  const german = await golden.engine.history({ ...query, metadata: { lang: "de" } });
  const one = await golden.engine.history({ ...query, limit: 1 });

  expect(all).toHaveLength(8);
  expect(before).toEqual(all.slice(3));
  expect(german).toEqual(all.slice(4));
  expect(one).toEqual(all.slice(0, 1));
});

test("a run from an earlier checkpoint forks the thread", async () => {
  const { thread_id } = newThread();
  const query = { thread_id, graph_id: "agent", ...history };
  await golden.run({ thread_id, graph_id: "agent", kwargs: { input: { topic: "x" } } });
  const [, beforeJoke] = await golden.engine.history(query);
  const checkpoint_id = beforeJoke?.checkpoint_id ?? "";

  const forked = await golden.run({
    thread_id,
    graph_id: "agent",
    kwargs: { config: { configurable: { checkpoint_id } }, stream_mode: ["updates"] },
  });

  expect(forked.events).toEqual([["updates", { generate_joke: { joke: "This is a joke about x and cats" } }]]);
  const state = await golden.engine.state(query);
  expect(forked.outcome).toMatchObject({ head: { checkpoint_id: state.checkpoint_id } });
  expect((await golden.engine.history(query)).length).toBeGreaterThan(4);
});

test("a failed task shows class and text", async () => {
  const { thread_id } = newThread();
  await golden.run({ thread_id, graph_id: "boom", kwargs: { input: { foo: "x" } } });

  const state = await golden.engine.state({ thread_id, graph_id: "boom" });

  expect(state).toMatchObject({ next: ["boom_node"], tasks: [{ error: 'BoomError("boom: something broke")' }] });
});

test("a paused subgraph is a task's checkpoint, or its state, and has a history of its own", async () => {
  const { thread_id } = newThread();
  await server.run({ thread_id, graph_id: "nested", kwargs: { input: {} } });
  const query = { thread_id, graph_id: "nested" };

  const flat = await server.engine.state(query);
  const deep = await server.engine.state({ ...query, subgraphs: true });

  const checkpoint_ns = `outer:${flat.tasks[0]?.id}`;
  expect(flat.tasks).toMatchObject([{ checkpoint: { thread_id, checkpoint_ns }, state: null }]);
  expect(flat.interrupts).toEqual([{ id: expect.any(String), value: "inner" }]);
  expect(deep.tasks).toMatchObject([{ checkpoint: null, state: { next: ["inner"], checkpoint: { checkpoint_ns } } }]);
  const inner = await server.engine.history({
    ...query,
    ...history,
    checkpoint: { checkpoint_ns, checkpoint_id: undefined, checkpoint_map: undefined },
  });
  expect(inner[0]).toMatchObject({ next: ["inner"], checkpoint: { checkpoint_ns } });
});

describe("values", () => {
  test("of the newest head are what the last event said, without loading the graph", async () => {
    const { thread_id } = newThread();
    const input = { messages: [{ role: "user", content: "weather?", id: "h1" }] };
    const { outcome, events } = await golden.run({ thread_id, graph_id: "tool_agent", kwargs: { input } });
    const fresh = await openEngine("golden", { checkpoints: golden.checkpoints });

    const values = await fresh.engine.values(thread_id, "head" in outcome ? outcome.head : undefined);

    expect(values).toEqual(events.at(-1)?.[1]);
    expect(fresh.lines).toEqual([]);
    await fresh.close();
  });

  test("are null without a head, and for one that is gone", async () => {
    const { thread_id } = newThread();

    expect(await golden.engine.values(thread_id, undefined)).toBeNull();
    expect(await golden.engine.values(thread_id, { checkpoint_id: crypto.randomUUID(), channels: ["x"] })).toBeNull();
  });

  test("of a channel that keeps differences are put together by its graph", async () => {
    const { thread_id } = newThread();
    for (const word of ["a", "b"])
      await server.run({ thread_id, graph_id: "delta", kwargs: { input: { said: [word] } } });
    const { outcome, events } = await server.run({ thread_id, graph_id: "delta", kwargs: { input: { said: ["c"] } } });

    const values = await server.engine.values(thread_id, "head" in outcome ? outcome.head : undefined);

    expect(values).toEqual({ said: ["a", "heard", "b", "heard", "c", "heard"] });
    expect(events.at(-1)).toEqual(["values", values]);
  });

  test("of a functional graph are what it returned", async () => {
    const kinds = await openEngine(fileURLToPath(new URL("./projects/kinds", import.meta.url)));
    const { thread_id } = newThread();
    const { outcome } = await kinds.run({ thread_id, graph_id: "functional", kwargs: { input: { said: "I am" } } });

    const values = await kinds.engine.values(thread_id, "head" in outcome ? outcome.head : undefined);

    expect(outcome).toMatchObject({ head: { channels: "__end__" } });
    expect(values).toEqual({ said: "I am functional" });
    await kinds.close();
  });
});
