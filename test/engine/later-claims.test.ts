/** How a run is handed over, and how another claim of the same run goes on after a hand-over or a crash. */
import { fileURLToPath } from "node:url";
import { isStreamOnly } from "../../functions/core/stream/stream-only.ts";
import {
  type Emitted,
  handedOn,
  lastValues,
  newRun,
  openEngine,
  type RunRequest,
  type TestEngine,
} from "./open-engine.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const project = path("./projects/behaviors");

let server: TestEngine;
beforeAll(async () => {
  server = await openEngine(project);
});
afterAll(() => server.close());

const claim = (epoch: number) => ({ claim: { log_start: 1, epoch } });

describe("a hand-over", () => {
  const versions = {
    "with RunControl": {},
    "without RunControl": { bridges: { esm: path("./projects/old-bridge.mjs") } },
  };

  test.each([
    ["with RunControl", ["custom"]],
    ["with RunControl", ["events", "custom"]],
    ["without RunControl", ["custom"]],
    ["without RunControl", ["events", "custom", "updates"]],
  ] as const)("%s (%s) stops after the superstep, and the next claim goes on", async (version, stream_mode) => {
    const engine = await openEngine(project, {}, versions[version]);
    const run = newRun();
    const drain = new AbortController();
    const kwargs = { input: { n: 5 }, stream_mode };

    const first = await engine.run({
      ...run,
      graph_id: "counter",
      kwargs,
      context: { drain: drain.signal },
      onEvent: ({ data }) => data === "1" && drain.abort(),
    });
    const second = await engine.run({ ...run, ...claim(2), graph_id: "counter", kwargs });

    expect(first.outcome).toEqual({ kind: "drained" });
    expect(first.urgencies.filter(([, urgency]) => urgency === "held")).toEqual([]);
    const steps = [first, second].map(({ events }) => events.filter(([name]) => name === "custom").map(([, n]) => n));
    expect(steps).toEqual([
      [0, 1],
      [2, 3, 4],
    ]);
    expect(second.outcome.kind).toBe("completed");
    await engine.close();
  });

  test("does not hide a breakpoint", async () => {
    const engine = await openEngine(project, {}, versions["without RunControl"]);
    const drain = new AbortController();

    const { outcome, events } = await engine.run({
      graph_id: "path",
      kwargs: { input: { n: 1 }, interrupt_before: ["b"], stream_mode: ["updates"] },
      context: { drain: drain.signal },
      onEvent: () => drain.abort(),
    });

    expect(outcome).toMatchObject({ kind: "paused", interrupts: {} });
    expect(events.at(-1)).toEqual(["updates", { __interrupt__: [] }]);
    await engine.close();
  });

  test("that comes with the last superstep is none", async () => {
    const drain = new AbortController();

    const { outcome } = await server.run({
      graph_id: "counter",
      kwargs: { input: { n: 1 }, stream_mode: ["updates"] },
      context: { drain: drain.signal },
      onEvent: ({ data }) => data.includes("step") && drain.abort(),
    });

    expect(outcome.kind).toBe("completed");
  });
});

describe("a run that was handed over inside a subgraph", () => {
  /** Until "between" is streamed, then by another claim. */
  async function handedOver(request: RunRequest): Promise<Emitted[]> {
    const drain = new AbortController();
    const first = await server.run({
      ...request,
      context: { drain: drain.signal },
      onEvent: ({ data }) => data === '"between"' && drain.abort(),
    });
    expect(first.outcome.kind).toBe("drained");
    return [first, await server.run({ ...request, claim: { log_start: 2, epoch: 2 }, ...handedOn(first) })];
  }
  const modes = { stream_mode: ["custom", "values", "tasks", "checkpoints"], subgraphs: true };
  const log_start = 2;

  test.each([
    ["", () => "yes"],
    [" by its id", (id: string) => ({ [id]: "yes" })],
  ])("does not give the answer%s of one question to the next", async (_, answer) => {
    const { thread_id } = newRun();
    const graph_id = "asks_twice";
    await server.run({ thread_id, graph_id, kwargs: { input: {} } });
    const { interrupts } = await server.engine.state({ thread_id, graph_id });
    const kwargs = { command: { resume: answer(interrupts[0]?.id ?? "") }, strict_resume: true, ...modes };

    const [, second] = await handedOver({ ...newRun(), thread_id, graph_id, claim: { log_start, epoch: 1 }, kwargs });

    expect(interrupts.map(({ value }) => value)).toEqual(["one"]);
    expect(second?.outcome).toMatchObject({ kind: "paused" });
    const waiting = await server.engine.state({ thread_id, graph_id });
    expect(waiting.interrupts.map(({ value }) => value)).toEqual(["two"]);
  });

  test("does not show again the checkpoint and the values from which it was resumed", async () => {
    const { thread_id } = newRun();
    const graph_id = "asks_twice";
    await server.run({ thread_id, graph_id, kwargs: { input: {} } });
    const kwargs = { command: { resume: "yes" }, ...modes };

    const parts = await handedOver({ ...newRun(), thread_id, graph_id, claim: { log_start, epoch: 1 }, kwargs });

    const shown = (part: Emitted): string[] =>
      part.events
        .filter(([name, data]) => ["checkpoints", "values"].includes(name) && !JSON.stringify(data).includes("__int"))
        .map(([name]) => name);
    expect(parts.map(shown).map((names) => names.toSorted())).toEqual([["checkpoints", "values"], []]);
  });

  test("sends what the whole run sends, after whichever of its events it was handed over", async () => {
    const graph_id = "nested";
    const answered = async (drainAt: number): Promise<string[]> => {
      const thread_id = newRun().thread_id;
      await server.run({ thread_id, graph_id, kwargs: { input: {} } });
      const kwargs = {
        command: { resume: "yes" },
        ...modes,
        stream_mode: ["values", "updates", "tasks", "checkpoints"],
      };
      const run = { ...newRun(), thread_id, graph_id, kwargs };
      const drain = new AbortController();
      let left = drainAt;
      const onEvent = (): void => void (--left === 0 && drain.abort());
      const from = (epoch: number) => ({ claim: { log_start, epoch } });
      const first = await server.run({ ...run, ...from(1), context: { drain: drain.signal }, onEvent });
      const next = { ...run, ...from(2), ...handedOn(first) };
      const parts = first.outcome.kind === "drained" ? [first, await server.run(next)] : [first];
      return namesOf(parts.flatMap(({ events }) => events));
    };

    const whole = await answered(Infinity);

    for (const drainAt of whole.keys())
      expect(await answered(drainAt + 1), `after ${drainAt + 1} events`).toEqual(whole);
  });

  test("does not show again the start of a task that asks", async () => {
    const kwargs = { input: {}, ...modes };

    const parts = await handedOver({ ...newRun(), graph_id: "asks_beside", claim: { log_start, epoch: 1 }, kwargs });

    const starts = parts.map(({ events }) =>
      events
        .filter(([name, data]) => name === "tasks" && JSON.stringify(data).includes('"input"'))
        .map(([, data]) => (data as { name: string }).name),
    );
    expect(starts).toEqual([["ask", "work"], []]);
    expect(parts[1]?.outcome.kind).toBe("paused");
  });
});

/** Of what readers see: mode and node of the graph. */
const namesOf = (events: Emitted["events"]): string[] =>
  events.filter(([name]) => !isStreamOnly({ event: name })).map(([name]) => name.replace(/:.*/, ""));

describe("a later claim of the same run", () => {
  test("does not apply the input again", async () => {
    const run = newRun();
    const kwargs = { input: { n: 2, done: [100] } };
    await server.run({ ...run, graph_id: "counter", kwargs });

    const again = await server.run({ ...run, ...claim(2), attempt: 2, graph_id: "counter", kwargs });

    const newest = await server.checkpoints.head(run.thread_id, "");
    expect(lastValues(again)).toEqual({ n: 2, done: [100, 1] });
    expect(again.outcome).toMatchObject({ kind: "completed", head: { checkpoint_id: newest?.checkpoint_id } });
  });

  test("applies it if nothing of the run was kept", async () => {
    const { thread_id } = newRun();
    await server.run({ thread_id, graph_id: "counter", kwargs: { input: { n: 1 } } });

    const other = await server.run({
      thread_id,
      ...claim(2),
      attempt: 2,
      graph_id: "counter",
      kwargs: { input: { n: 2, done: [100] } },
    });

    expect(lastValues(other)).toEqual({ n: 2, done: [0, 100, 2] });
  });

  test.each([["interrupt_before"], ["interrupt_after"]])("does not run past %s", async (where) => {
    const run = newRun();
    const nodes = where === "interrupt_before" ? ["b"] : ["a"];
    const kwargs = { input: { n: 1 }, [where]: nodes, stream_mode: ["updates"] };
    await server.run({ ...run, graph_id: "path", kwargs });

    const again = await server.run({ ...run, ...claim(2), attempt: 2, graph_id: "path", kwargs });

    expect(again.outcome).toMatchObject({ kind: "paused", interrupts: {} });
    expect(again.events).toEqual([["updates", { __interrupt__: [] }]]);
  });

  test("meets the same interrupt", async () => {
    const run = newRun();
    const first = await server.run({ ...run, graph_id: "parallel", kwargs: { input: {} } });

    const again = await server.run({ ...run, ...claim(2), attempt: 2, graph_id: "parallel", kwargs: { input: {} } });

    expect(again.outcome).toMatchObject({ kind: "paused" });
    expect(first.outcome).toMatchObject({
      interrupts: "interrupts" in again.outcome ? again.outcome.interrupts : undefined,
    });
  });
});
