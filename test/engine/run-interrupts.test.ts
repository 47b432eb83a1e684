/** How runs stop for a person and go on: interrupts, and the commands that answer them. */
import { fileURLToPath } from "node:url";
import { type Emitted, lastValues, newRun, openEngine, type TestEngine } from "./open-engine.ts";

const project = fileURLToPath(new URL("./projects/behaviors", import.meta.url));

let server: TestEngine;
beforeAll(async () => {
  server = await openEngine(project);
});
afterAll(() => server.close());

const names = ({ events }: Emitted) => events.map(([name]) => name);

describe("interrupts", () => {
  test("of tasks side by side are told by task, and all in the last values", async () => {
    const run = newRun();

    const paused = await server.run({
      ...run,
      graph_id: "parallel",
      kwargs: { input: {}, stream_mode: ["values", "updates"] },
    });

    const { outcome } = paused;
    if (outcome.kind !== "paused") throw new Error(outcome.kind);
    const waiting = Object.values(outcome.interrupts).flat();
    expect(new Set(waiting.map(({ value }) => value))).toEqual(new Set(["one", "two"]));
    expect(Object.keys(outcome.interrupts)).toHaveLength(2);
    expect(lastValues(paused)).toEqual({ said: ["free"], __interrupt__: waiting });
    const held = paused.urgencies.filter(([, urgency]) => urgency === "held").map(([name]) => name);
    expect(held).toEqual(["updates", "updates", "values"]);
  });

  test("R1: of a task that was answered and asks again are told, those of one that is done are not", async () => {
    const run = newRun();
    const graph_id = "insisting";
    const ask = async (resume?: object): Promise<[question: unknown, id: string][]> => {
      const kwargs = resume ? { command: { resume } } : { input: {} };
      const { outcome } = await server.run({ ...newRun(), thread_id: run.thread_id, graph_id, kwargs });
      const state = await server.engine.state({ thread_id: run.thread_id, graph_id });
      if (outcome.kind !== "paused") throw new Error(outcome.kind);
      expect(Object.values(outcome.interrupts).flat()).toEqual(state.interrupts);
      expect(state.tasks.map(({ id, interrupts }) => [id, interrupts]).filter(([, asked]) => asked?.length)).toEqual(
        Object.entries(outcome.interrupts),
      );
      return state.interrupts.map(({ id, value }) => [value, id]);
    };

    const asked = await ask();
    const [first = "", , silent = ""] = asked.map(([, id]) => id);
    const again = await ask({ [first]: "a", [silent]: "b" });

    expect(asked.map(([question]) => question)).toEqual(["first 1", "second 1", "silent"]);
    expect(again.map(([question]) => question)).toEqual(["first 2", "second 1"]);
    const { next } = await server.engine.state({ thread_id: run.thread_id, graph_id });
    expect(next).toEqual(["first", "second"]);
  });

  test("R10: are in the order of tasks, in subgraphs too, whichever was raised first, wherever one looks", async () => {
    const run = newRun();
    const graph_id = "late_asking";
    const modes = { stream_mode: ["values"], subgraphs: true };

    const paused = await server.run({ ...run, graph_id, kwargs: { input: {}, ...modes } });

    if (paused.outcome.kind !== "paused") throw new Error(paused.outcome.kind);
    const said = (list: unknown) => (list as { value: unknown }[]).map(({ value }) => value);
    const asked = ["top a", "a", "b", "c", "top z"];
    expect(said(Object.values(paused.outcome.interrupts).flat())).toEqual(asked);
    const told = paused.events.filter(([, data]) => JSON.stringify(data).includes("__interrupt__"));
    expect(told.map(([, data]) => said((data as { __interrupt__: unknown }).__interrupt__))).toEqual(
      expect.arrayContaining([asked, ["a", "b", "c"]]),
    );
    for (const subgraphs of [false, true]) {
      const query = { thread_id: run.thread_id, graph_id, subgraphs };
      const states = await Promise.all(Array.from({ length: 5 }, () => server.engine.state(query)));
      for (const state of states) expect(said(state.interrupts)).toEqual(asked);
    }
    const [newest] = await server.engine.history({
      thread_id: run.thread_id,
      graph_id,
      limit: 1,
      before: undefined,
      metadata: undefined,
      checkpoint: undefined,
    });
    expect(said(newest?.interrupts)).toEqual(asked);
  });

  test("are answered by id", async () => {
    const run = newRun();
    const { outcome } = await server.run({ ...run, graph_id: "parallel", kwargs: { input: {} } });
    if (outcome.kind !== "paused") throw new Error(outcome.kind);
    const answers = Object.values(outcome.interrupts)
      .flat()
      .map(({ id, value }) => [id, `answer to ${JSON.stringify(value)}`]);

    const done = await server.run({
      ...newRun(),
      thread_id: run.thread_id,
      graph_id: "parallel",
      kwargs: { command: { resume: Object.fromEntries(answers) } },
    });

    expect(done.outcome.kind).toBe("completed");
    expect(lastValues(done)).toEqual({
      said: expect.arrayContaining(['one: answer to "one"', 'two: answer to "two"', "free"]),
    });
  });

  test("of a subgraph are the task's that called it, also without subgraph events", async () => {
    const run = newRun();

    const quiet = await server.run({ ...run, graph_id: "nested", kwargs: { input: {}, stream_mode: ["custom"] } });
    const loud = await server.run({
      ...newRun(),
      graph_id: "nested",
      kwargs: { input: {}, stream_mode: ["updates"], subgraphs: true },
    });

    expect(quiet.outcome).toMatchObject({ kind: "paused" });
    expect(quiet.events).toEqual([]);
    expect(loud.outcome).toMatchObject({ kind: "paused" });
    expect(names(loud)).toEqual([expect.stringMatching(/^updates\|outer:[0-9a-f-]{36}$/), "updates"]);
    const state = await server.engine.state({ thread_id: run.thread_id, graph_id: "nested", subgraphs: true });
    expect(state).toMatchObject({ next: ["outer"], interrupts: [{ value: "inner" }] });
    expect(state.tasks).toMatchObject([{ name: "outer", checkpoint: null, state: { next: ["inner"] } }]);
  });

  test("that a node has caught pause nothing", async () => {
    const caught = await server.run({ graph_id: "catching", kwargs: { input: {}, subgraphs: true } });

    expect(caught.outcome.kind).toBe("completed");
    expect(lastValues(caught)).toEqual({ said: ["caught"] });
  });

  test("before and after a node leave nothing to answer", async () => {
    const run = newRun();
    const both = { stream_mode: ["values", "updates"], interrupt_before: ["b"], interrupt_after: ["b"] };

    const before = await server.run({ ...run, graph_id: "path", kwargs: { input: { n: 0 }, ...both } });
    const after = await server.run({ ...newRun(), thread_id: run.thread_id, graph_id: "path", kwargs: both });

    expect(before.outcome).toMatchObject({ kind: "paused", interrupts: {} });
    expect(before.events.slice(-2)).toEqual([
      ["values", { n: 0, done: [1] }],
      ["updates", { __interrupt__: [] }],
    ]);
    expect(after.outcome.kind).toBe("completed");
    expect(lastValues(after)).toEqual({ n: 0, done: [1, 2] });
  });
});

describe("commands", () => {
  test("update and go to a node with an input of its own", async () => {
    const { thread_id } = newRun();
    await server.run({ thread_id, graph_id: "path", kwargs: { input: { n: 7 } } });
    const goto = ["c", { node: "c", input: { n: 9, done: [] } }];

    const sent = await server.run({ thread_id, graph_id: "path", kwargs: { command: { update: [["n", 8]], goto } } });

    expect(lastValues(sent)).toEqual({ n: 8, done: expect.arrayContaining([1, 2, 8, 9]) });
  });

  test("beat the input", async () => {
    const { thread_id } = newRun();
    await server.run({ thread_id, graph_id: "path", kwargs: { input: { n: 7 } } });

    const sent = await server.run({ thread_id, graph_id: "path", kwargs: { input: { n: 1 }, command: { goto: "c" } } });

    expect(lastValues(sent)).toEqual({ n: 7, done: [1, 2, 7] });
  });

  test("that say nothing fail with LangGraph's own error", async () => {
    const { outcome } = await server.run({ graph_id: "path", kwargs: { command: {} } });

    expect(outcome).toMatchObject({ kind: "failed", error: { error: "EmptyInputError" } });
  });
});
