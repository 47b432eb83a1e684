/** How runs end: done, by an error, by their signal; interrupts are in run-interrupts.test.ts. */
import { channel, subscribe } from "node:diagnostics_channel";
import { systemClock } from "../../functions/host/clock-and-ids.ts";
import { fileURLToPath } from "node:url";
import { type Emitted, lastValues, newRun, openEngine, type TestEngine } from "./open-engine.ts";

const project = fileURLToPath(new URL("./projects/behaviors", import.meta.url));

let server: TestEngine;
beforeAll(async () => {
  server = await openEngine(project);
});
afterAll(() => server.close());

/** An event without what is different in each run. */
function shownOf(data: unknown): string {
  if (typeof data !== "object" || data === null) return JSON.stringify(data);
  const { event, name, values, next, result, ...rest } = data as Record<string, unknown>;
  if (typeof event === "string") return `${event} ${String(name)}`;
  if ("id" in rest) return JSON.stringify([name, result]);
  return JSON.stringify("metadata" in rest ? [values, next] : data);
}

test("a completed run names its head and the channels of its values", async () => {
  const run = newRun();

  const { outcome } = await server.run({ ...run, graph_id: "counter", kwargs: { input: { n: 2 } } });

  const newest = await server.checkpoints.head(run.thread_id, "");
  expect(outcome).toEqual({
    kind: "completed",
    head: { checkpoint_id: newest?.checkpoint_id, channels: ["n", "done"] },
  });
  expect(newest?.metadata).toMatchObject({ run_id: run.run_id, graph_id: "counter" });
});

test("runs of one graph side by side keep apart", async () => {
  const runs = Array.from({ length: 20 }, (_, n) => ({ ...newRun(), n: n + 1 }));

  const results = await Promise.all(
    runs.map(({ n, ...run }) => server.run({ ...run, graph_id: "counter", kwargs: { input: { n } } })),
  );

  for (const [index, { n, thread_id, run_id }] of runs.entries()) {
    const { outcome, ...rest } = results[index] ?? { outcome: undefined, events: [], urgencies: [] };
    expect(lastValues(rest)).toEqual({ n, done: Array.from({ length: n }, (_, i) => i) });
    const newest = await server.checkpoints.head(thread_id, "");
    expect(newest?.metadata).toMatchObject({ run_id, step: n });
    expect(outcome).toMatchObject({ head: { checkpoint_id: newest?.checkpoint_id } });
  }
});

test("a run that a node asks for is nobody's subgraph", async () => {
  const inner = newRun();
  const call = Symbol.for("threadline-test:call");
  Reflect.set(globalThis, call, async () => {
    const { events } = await server.run({ ...inner, graph_id: "path", kwargs: { input: { n: 0 }, subgraphs: true } });
    return events.at(-1);
  });

  const outer = await server.run({ graph_id: "calling", kwargs: { input: {}, subgraphs: true } });

  Reflect.deleteProperty(globalThis, call);
  expect(lastValues(outer)).toEqual({ answer: ["values", { n: 0, done: [1, 2] }] });
  expect(await server.checkpoints.head(inner.thread_id, "")).toMatchObject({ metadata: { run_id: inner.run_id } });
});

describe("R9: tasks side by side, one at a time", () => {
  const kwargs = (max_concurrency: number | undefined, stream_mode: string[]) => ({
    input: {},
    config: max_concurrency === undefined ? {} : { max_concurrency },
    stream_mode,
  });

  test.each([[["values", "updates", "tasks", "checkpoints"]], [["events", "updates"]]])(
    "are all done, and told (%s) as if they ran at once",
    async (stream_mode) => {
      const shape = ({ events }: Emitted) =>
        events
          .map(([name, data]) => [name, shownOf(data)].join(" "))
          .filter((text) => !text.startsWith("events") || /^events on_chain_(start|end) LangGraph/.test(text))
          .toSorted();
      const atOnce = await server.run({ graph_id: "sends", kwargs: kwargs(undefined, stream_mode) });

      const oneByOne = await server.run({ graph_id: "sends", kwargs: kwargs(1, stream_mode) });

      expect(oneByOne.outcome.kind).toBe("completed");
      expect(shape(oneByOne)).toEqual(shape(atOnce));
      expect(shape(atOnce).length).toBeGreaterThan(8);
    },
  );

  test("inside of a node: a run that LangGraph leaves undone does not succeed", async () => {
    const { outcome } = await server.run({ graph_id: "sends_inside", kwargs: kwargs(1, ["values"]) });

    expect(outcome).toMatchObject({ kind: "failed", error: { message: expect.stringContaining('"five"') } });
  });
});

describe("a signal", () => {
  test.each([["custom"], ["events"]])("ends a run that waits in a node (%s)", async (mode) => {
    const run = newRun();
    const abort = new AbortController();

    const { outcome } = await server.run({
      ...run,
      graph_id: "patient",
      kwargs: { input: { n: 1 }, stream_mode: [mode, "custom"] },
      context: { signal: abort.signal },
      onEvent: ({ event }) => event === "custom" && abort.abort(),
    });

    const newest = await server.checkpoints.head(run.thread_id, "");
    expect(outcome).toEqual({
      kind: "aborted",
      unfinished: true,
      interrupts: {},
      head: { checkpoint_id: newest?.checkpoint_id, channels: ["n", "done"] },
    });
  });

  test("that came before the run ends it at once", async () => {
    const { outcome, events } = await server.run({
      graph_id: "counter",
      kwargs: { input: { n: 3 } },
      context: { signal: AbortSignal.abort() },
    });

    expect(outcome).toMatchObject({ kind: "aborted" });
    expect(events).toEqual([]);
  });

  test("ends the run of a node that does not heed it: what it still says and keeps reaches nothing", async () => {
    const run = newRun();
    const abort = new AbortController();
    const emitted: string[] = [];

    const { outcome } = await server.run({
      ...run,
      graph_id: "heedless",
      kwargs: { input: { kind: "x" }, stream_mode: ["custom", "values"] },
      context: { signal: abort.signal },
      onEvent: ({ event, data }) => {
        emitted.push(data);
        if (event === "custom") abort.abort();
      },
    });
    const head = await server.checkpoints.head(run.thread_id, "");
    const ended = new Promise((resolve) => subscribe("heedless has ended", resolve));
    channel("heedless may go on").publish({});
    await ended;
    // What LangGraph does with the node's result needs no timer, only a few turns of the event loop.
    for (let turns = 0; turns < 10; turns++) await systemClock.turn();

    expect(outcome).toMatchObject({ kind: "aborted", unfinished: true });
    expect(emitted.at(-1)).toBe('"working"');
    expect((await server.checkpoints.head(run.thread_id, ""))?.checkpoint_id).toBe(head?.checkpoint_id);
  });
});
