/** Readers of a run, wherever and whenever they come, and what the table does to their reads: each sees a contiguous slice, and ends. */
import { parseCursor } from "../../functions/core/log/cursor.ts";
import type { TailEvent } from "../../functions/core/log/log-reader.ts";
import { type TailEnd, tailRun } from "../../functions/core/log/tail-log.ts";
import { RETENTION } from "../../functions/core/log/timings.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import type { RunRef } from "../../functions/core/run/run-row.ts";
import { LEASE } from "../../functions/core/run/timings.ts";
import { aThread, type CorePorts, corePorts, type Script } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { blindFor, type Fate, throttled, withFaults } from "../support/faulty-handler.ts";
import { interpose } from "../support/processes.ts";
import { expectInvariants, watchRun } from "../support/recorded.ts";
import { completed, created, hello, host, names, readAll } from "../support/run-steps.ts";
import { aRun, deliverAll, NODES, openSteps, type StepsProject } from "./steps-project.ts";

let table: TestTable;
let project: StepsProject;
beforeAll(async () => {
  [table, project] = await Promise.all([startTable(), openSteps()]);
});
afterAll(() => Promise.all([table.stop(), project.close()]));

const COUNT = 20;
/** Events that go into a slot each, so that there is something to miss. */
const talkative: Script = async (_invocation, { sink }) => {
  for (let n = 0; n < COUNT; n++) {
    sink.emit({ event: "custom", data: `${n}` }, "structural");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return completed;
};

const inLog = (body: Record<string, unknown>): boolean =>
  JSON.stringify(body["ExpressionAttributeValues"] ?? {}).includes('"L#');

/** The reader's client: each n-th read of the log, over all readers, meets the fate. */
function readerOf(ports: CorePorts, fate: Fate, every = 1): CorePorts {
  let reads = 0;
  const faulty = withFaults(table, ({ operation, body }) =>
    operation === "Query" && inLog(body) && ++reads % every === 0 ? fate : undefined,
  );
  return corePorts(faulty, talkative, ports);
}

describe("fault 20: reads that do not see everything yet", () => {
  test.each<[string, Parameters<typeof blindFor>[0]]>([
    ["the newest slot", (_item, at, count) => at === count - 1],
    ["the oldest slot that is asked for", (_item, at) => at === 0],
    ["every third slot", (_item, at) => at % 3 === 2],
    ["anything", () => true],
  ])("%s: its reader neither ends early nor skips", async (_name, isUnseen) => {
    const ports = corePorts(table, talkative);
    const run = await created(ports, await aThread(ports));
    const reader = watchRun(readerOf(ports, blindFor(isUnseen)), run);

    await handleMessage(ports, run, host);

    const seen = await reader.ended;
    expect(seen.seen).toHaveLength(COUNT + 1);
    await expectInvariants(ports, run.thread_id, [seen]);
  });
});

test("fault 28: a storm of readers whose reads are throttled: the run is not touched, each sees all of it", async () => {
  const ports = corePorts(table, talkative);
  const run = await created(ports, await aThread(ports));
  const storm = readerOf(ports, throttled, 25);
  const readers = Array.from({ length: 100 }, () => watchRun(storm, run));

  await handleMessage(ports, run, host);

  const seen = await Promise.all(readers.map(({ ended }) => ended));
  expect(await ports.runs.get(run)).toMatchObject({ status: "success", attempt: 1 });
  await expectInvariants(ports, run.thread_id, seen);
});

const read = (
  ports: CorePorts,
  run: RunRef,
  cursor: string | undefined,
): Promise<{ events: TailEvent[]; end: TailEnd }> => readAll(ports, run, parseCursor(cursor));

async function threeRuns() {
  const ports = corePorts(table, hello);
  const thread_id = await aThread(ports);
  const runs = [await created(ports, thread_id), await created(ports, thread_id), await created(ports, thread_id)];
  await deliverAll(ports);
  const [before, run, after] = await Promise.all(
    runs.map(async (one) => ({ ...one, ...(await read(ports, one, "-1")) })),
  );
  if (!before || !run || !after) throw new Error("there are three");
  return { ports, before, run, after };
}
type Runs = Awaited<ReturnType<typeof threeRuns>>;

/** A reader as a process of its own, and when it has looked into the log for the first time. */
function aReader(ports: CorePorts): { reader: CorePorts; begun: Promise<void> } {
  const begun = Promise.withResolvers<void>();
  const reader = interpose(ports, ({ name }, carryOut) => {
    if (name === "log.read") begun.resolve();
    return carryOut();
  });
  return { reader, begun: begun.promise };
}

describe("fault 31: Last-Event-ID", () => {
  test.each<[string, (runs: Runs) => string | undefined, number]>([
    ["-1", () => "-1", 2],
    ["none", () => undefined, 0],
    ["the first", ({ run }) => run.events[0]?.id, 1],
    ["the last", ({ run }) => run.events.at(-1)?.id, 0],
    ["beyond the end", () => "999999-1", 0],
    ["malformed", () => "17-3-x", 0],
    ["an event of an earlier run", ({ before }) => before.events[0]?.id, 2],
    ["an event of a later run", ({ after }) => after.events[0]?.id, 0],
  ])("%s of a finished run", async (_name, cursorOf, count) => {
    const runs = await threeRuns();

    const { events, end } = await read(runs.ports, runs.run, cursorOf(runs));

    expect(events).toEqual(runs.run.events.slice(2 - count));
    expect(end).toEqual({ kind: "ended", status: "success" });
  });

  test("of another thread's run is nobody's", async () => {
    const { ports, run } = await threeRuns();

    const { events, end } = await read(ports, { run_id: run.run_id, thread_id: await aThread(ports) }, "-1");

    expect(events).toEqual([]);
    expect(end).toEqual({ kind: "gone" });
  });

  test.each(["-1", undefined, "1-1", "999999-1", "malformed"])("%s of a running run ends with it", async (cursor) => {
    const started = Promise.withResolvers<void>();
    const ports = corePorts(table, async (invocation, context) => {
      started.resolve();
      await begun;
      return hello(invocation, context);
    });
    const { reader, begun } = aReader(ports);
    const run = await created(ports, await aThread(ports));
    const working = handleMessage(ports, run, host);
    await started.promise;

    const { events, end } = await read(reader, run, cursor);

    await working;
    expect(names(events).at(-1)).toBe('custom "attempt 1"');
    expect(end).toEqual({ kind: "ended", status: "success" });
  });
});

describe("fault 32: a join", () => {
  test("before the first event: waits, and sees all of it", async () => {
    const ports = corePorts(table, hello);
    const thread_id = await aThread(ports);
    const [first, second] = [await created(ports, thread_id), await created(ports, thread_id)];
    const readers = [aReader(ports), aReader(ports)];
    const joins = [first, second].map((run, n) => read(readers[n]?.reader ?? ports, run, undefined));
    await Promise.all(readers.map(({ begun }) => begun));

    await deliverAll(ports);

    for (const { events, end } of await Promise.all(joins)) {
      expect(events.map(({ event }) => event)).toEqual(["metadata", "custom"]);
      expect(end).toEqual({ kind: "ended", status: "success" });
    }
    await expectInvariants(ports, thread_id, [], [first.run_id, second.run_id]);
  });

  test("in the gap of a hand-over: waits, and sees what comes", async () => {
    let invocations = 0;
    const ports = corePorts(table, (invocation, context) =>
      ++invocations === 1 ? Promise.resolve({ kind: "drained" }) : hello(invocation, context),
    );
    const run = await created(ports, await aThread(ports));
    expect(await handleMessage(ports, run, host)).toBe("handed_over");

    const { reader, begun } = aReader(ports);
    const joined = read(reader, run, undefined);
    await begun;
    ports.advance(LEASE);
    await deliverAll(ports);

    const { events, end } = await joined;
    expect(names(events).at(-1)).toBe('custom "attempt 1"');
    expect(end).toEqual({ kind: "ended", status: "success" });
  });

  test("after the end: the rest at once", async () => {
    const ports = corePorts(table, hello);
    const run = await created(ports, await aThread(ports));
    await deliverAll(ports);

    expect((await read(ports, run, "-1")).events).toHaveLength(2);
    expect(await read(ports, run, undefined)).toEqual({ events: [], end: { kind: "ended", status: "success" } });
  });

  test("after the retention: the state, then the end", async () => {
    const ports = await project.process(table);
    const thread_id = await aThread(ports);
    const run = await aRun(ports, thread_id);
    await deliverAll(ports);

    ports.advance(RETENTION + 1_000);
    const { events, end } = await read(ports, run, "-1");

    expect(events).toEqual([{ event: "values", data: JSON.stringify({ trail: NODES }) }]);
    expect(end).toEqual({ kind: "ended", status: "success" });
  });
});

describe("fault 42: slots expire", () => {
  test("while they are read: the state stands in for what is missing, and the rest follows", async () => {
    const ports = await project.process(table);
    const thread_id = await aThread(ports);
    const old = await aRun(ports, thread_id);
    await deliverAll(ports);
    const first = await tailRun(ports, old, { cursor: parseCursor("-1") }).next();
    ports.advance(RETENTION / 2);
    const run = await aRun(ports, thread_id);
    await deliverAll(ports);
    ports.advance(RETENTION / 2 + 1_000);

    const rest = await read(ports, old, first.done ? undefined : first.value.events.at(-1)?.id);
    const kept = await read(ports, run, "-1");

    expect(rest.events).toEqual([{ event: "values", data: JSON.stringify({ trail: NODES }) }]);
    expect(rest.end).toEqual({ kind: "ended", status: "success" });
    expect(kept.events[0]?.event).toBe("metadata");
    expect(kept.end).toEqual({ kind: "ended", status: "success" });
  });

  test.each([
    ["all that was written", "b", ["a"], ["b", "c"]],
    ["the first of what was written", "c", ["a", "b"], ["b", "c"]],
  ])("R22: %s by a run that is live: its state first, then what is left and what comes", async (_, at, state, rest) => {
    const ports = await project.process(table);
    const thread_id = await aThread(ports);
    const run = await aRun(ports, thread_id);
    const reached = new Map(NODES.map((node) => [node, Promise.withResolvers<void>()]));
    const goOn = new Map(NODES.map((node) => [node, Promise.withResolvers<void>()]));
    project.onNode(thread_id, (node) => {
      reached.get(node)?.resolve();
      return goOn.get(node)?.promise;
    });
    goOn.get("a")?.resolve();
    const working = deliverAll(ports);
    await reached.get("b")?.promise;
    // What is on its way to the log would be there later, and be old as well.
    const early = watchRun(ports, run);
    await expect.poll(() => names(early.seen).at(-1)).toBe('custom "b begins"');
    ports.advance(RETENTION + 1_000);
    if (at === "c") goOn.get("b")?.resolve();
    await reached.get(at)?.promise;

    const tail = tailRun(ports, run, { cursor: parseCursor("-1") });
    const first = await tail.next();
    for (const { resolve } of goOn.values()) resolve();
    const events = first.done ? [] : [...first.value.events];
    for await (const batch of tail) events.push(...batch.events);
    await Promise.all([working, early.ended]);

    expect(names(events)).toEqual([
      `values ${JSON.stringify({ trail: state })}`,
      ...rest.flatMap((node) => [
        ...(node === "b" ? [] : [`custom "${node} begins"`]),
        `custom "${node} ends"`,
        `updates ${JSON.stringify({ [node]: { trail: [node] } })}`,
      ]),
    ]);
    expect(events[0]).not.toHaveProperty("id");
  });

  test("all of a thread's: the next run goes on after them, and its readers see all of it", async () => {
    const ports = corePorts(table, hello);
    const thread_id = await aThread(ports);
    await created(ports, thread_id);
    await deliverAll(ports);

    ports.advance(RETENTION + 1_000);
    const run = await created(ports, thread_id);
    await deliverAll(ports);

    expect(run.log_start).toBe(3);
    expect((await read(ports, run, "-1")).events).toHaveLength(2);
  });
});
