/** Workers that are killed: the run goes on from its last checkpoint, in the same stream, and nothing that was kept is done again. */
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { LEASE, REDRIVE_AFTER_LEASE, SWEEP_EVERY } from "../../functions/core/run/timings.ts";
import { sweep } from "../../functions/core/sweep.ts";
import { aThread } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { eventsOf } from "../support/invariants.ts";
import { type At, callNumber, dying, interpose, noCall, nth, type PortCall, type When } from "../support/processes.ts";
import { expectInvariants, record, watchRun } from "../support/recorded.ts";
import { host, statusOf } from "../support/run-steps.ts";
import { aRun, deliverAll, eachOf, NODES, openSteps, settle, type StepsProject, upTo } from "./steps-project.ts";

let table: TestTable;
let project: StepsProject;
beforeAll(async () => {
  [table, project] = await Promise.all([startTable(), openSteps()]);
});
afterAll(() => Promise.all([table.stop(), project.close()]));

/** A run whose first worker dies there. The table is its own, so that its sweeps find nothing else. */
async function crashed(at: At, when: When = "before") {
  const own = await table.another();
  const ports = await project.process(own);
  const thread_id = await aThread(ports);
  const run = await aRun(ports, thread_id);
  ports.sent.length = 0;
  const calls: PortCall[] = [];
  const witnessed = interpose(await project.process(own, ports), async (call, carryOut) => {
    const answer = await carryOut();
    calls.push(call);
    return answer;
  });
  const worker = dying(witnessed, at, when);
  const killAt = (node: string) => project.onNode(thread_id, (name) => (name === node ? worker.kill() : undefined));
  const working = () => void handleMessage(worker.ports, run, host);
  return { ports, run, thread_id, worker, working, killAt, calls };
}

const times = (nodes: string[]) => NODES.map((node) => nodes.filter((name) => name === node).length);
const attemptsIn = (seen: { event: string; data: string }[]) =>
  seen.flatMap(({ event, data }) => (event === "metadata" ? [(JSON.parse(data) as { attempt: number }).attempt] : []));

describe("fault 1: killed in the middle of a node", () => {
  test("with a reader: sent again within 20 s, the next attempt in the same stream, only that node runs again", async () => {
    const { ports, run, thread_id, worker, working, killAt } = await crashed(noCall);
    killAt("b");
    const reader = watchRun(ports, run);
    working();
    await worker.died;
    await expect.poll(() => reader.seen.at(-1)?.event).toBe("updates");
    const passed = LEASE + REDRIVE_AFTER_LEASE + 1;

    ports.advance(passed);
    await expect.poll(() => ports.sent).toHaveLength(1);
    expect(passed).toBeLessThan(20_000);
    project.onNode(thread_id, () => undefined);
    await deliverAll(ports);

    const seen = await reader.ended;
    expect(attemptsIn(seen.seen)).toEqual([1, 2]);
    expect(times(project.nodes(thread_id))).toEqual([1, 2, 1]);
    await expectInvariants(ports, thread_id, [seen]);
  });

  test("without a reader: sent again by the sweeper within 2 minutes", async () => {
    const { ports, run, thread_id, worker, working, killAt } = await crashed(noCall);
    killAt("b");
    working();
    await worker.died;

    let sweeps = 0;
    for (; sweeps < 5 && !ports.sent.length; sweeps++) {
      ports.advance(SWEEP_EVERY);
      await sweep(ports);
    }

    expect(sweeps).toBeLessThanOrEqual(2);
    project.onNode(thread_id, () => undefined);
    await deliverAll(ports);
    expect(await statusOf(ports, run)).toBe("success");
    await expectInvariants(ports, thread_id);
  });

  test("each time, before its first checkpoint: error with its reason at the fourth claim, thread free, reader ends", async () => {
    const { ports, run, thread_id } = await crashed(noCall);
    const reader = watchRun(ports, run);
    for (let n = 0; n < 3; n++) {
      const worker = dying(ports, nth("checkpoints.putHead"));
      void handleMessage(worker.ports, run, host);
      await worker.died;
      ports.advance(LEASE + 1);
    }

    await settle(ports, thread_id);

    const { seen, end } = await reader.ended;
    expect(end).toEqual({ kind: "ended", status: "error" });
    expect(seen.at(-1)?.data).toContain("started 3 times and made no progress");
    await expectInvariants(ports, thread_id);
  });
});

test("fault 2: killed after an event was put, before its checkpoint: the event stays, its node runs again", async () => {
  const { ports, run, thread_id, worker, working } = await crashed(nth("checkpoints.putHead", 3));
  const reader = watchRun(ports, run);
  working();
  await worker.died;
  const { slots } = await record(ports, thread_id);
  const before = slots.length;

  await settle(ports, thread_id);

  const seen = await reader.ended;
  const { slots: after } = await expectInvariants(ports, thread_id, [seen]);
  expect(before).toBeGreaterThan(1);
  expect(after.slice(0, before)).toEqual(slots);
  expect(await statusOf(ports, run)).toBe("success");
  expect(times(project.nodes(thread_id))).toEqual([1, 1, 1]);
});

test("fault 3: killed after its checkpoint: the log has shown what the checkpoint holds, the node does not run again", async () => {
  const { ports, run, thread_id, worker, working } = await crashed(nth("checkpoints.putHead", 3), "after");
  working();
  await worker.died;
  const reader = watchRun(ports, run);
  await expect.poll(async () => (await record(ports, thread_id)).slots.length).toBeGreaterThan(1);

  const state = await ports.engine.state({ thread_id, graph_id: "steps" });
  await settle(ports, thread_id);

  const seen = await reader.ended;
  const shown = seen.seen.filter(({ event }) => event === "updates").map(({ data }) => data);
  expect(state.values).toEqual({ trail: ["a"] });
  expect(shown).toEqual(['{"a":{"trail":["a"]}}', '{"b":{"trail":["b"]}}', '{"c":{"trail":["c"]}}']);
  expect(times(project.nodes(thread_id))).toEqual([1, 1, 1]);
  await expectInvariants(ports, thread_id, [seen]);
});

test("fault 3: no checkpoint is put before the log has its events, however slow the log is", async () => {
  const ports = await project.process(table);
  const thread_id = await aThread(ports);
  const run = await aRun(ports, thread_id);
  const shownAt: string[] = [];
  const slow = interpose(ports, async ({ name }, carryOut) => {
    if (name === "log.append") await new Promise((resolve) => setTimeout(resolve, 100));
    if (name === "checkpoints.putHead") {
      const { slots } = await record(ports, thread_id);
      const updates = eventsOf(slots).filter(({ event }) => event === "updates");
      shownAt.push(updates.map(({ data }) => Object.keys(JSON.parse(data) as object).join()).join(" "));
    }
    return carryOut();
  });

  await handleMessage(slow, run, host);

  expect(shownAt).toEqual(["", "", "a", "a b", "a b c"]);
  await expectInvariants(ports, thread_id);
});

test("fault 4: killed after the last transaction, before its message was deleted: redelivery does nothing, the next run starts", async () => {
  const { ports, run, thread_id, worker, working } = await crashed(nth("runs.finish"), "after");
  const next = await aRun(ports, thread_id);
  working();
  await worker.died;

  expect(await handleMessage(ports, run, host)).toBe("held");
  await settle(ports, thread_id);

  expect(await statusOf(ports, next)).toBe("success");
  const { slots } = await expectInvariants(ports, thread_id, [], [run.run_id, next.run_id]);
  expect(slots.filter(({ end }) => end).map(({ run_id }) => run_id)).toEqual([run.run_id, next.run_id]);
  expect(times(project.nodes(thread_id))).toEqual([2, 2, 2]);
});

describe("faults 1 to 4: killed at any call of its life", () => {
  /** More than a run of three nodes needs; a worker that gets no further ends by itself. */
  const CALLS = 17;

  test.each(["before", "after"] as const)("%s it is carried out", async (when) => {
    const deaths = await eachOf(upTo(CALLS), async (n) => {
      const { ports, run, thread_id, worker, calls } = await crashed(callNumber(n), when);
      const reader = watchRun(ports, run);
      const working = handleMessage(worker.ports, run, host);
      const how = await Promise.race([worker.died, working]);
      const kept = calls.filter(({ name }) => name === "checkpoints.putWrites").length - 1;

      await settle(ports, thread_id);

      const seen = await reader.ended;
      await expectInvariants(ports, thread_id, [seen]);
      const again = times(project.nodes(thread_id));
      expect(again.slice(0, kept), `writes were kept, died at ${n}`).toEqual(NODES.slice(0, kept).map(() => 1));
      return { how, status: await statusOf(ports, run) };
    });

    expect(deaths.filter(({ status }) => status !== "success")).toEqual([]);
    expect(deaths.filter(({ how }) => typeof how === "object").length).toBeGreaterThanOrEqual(15);
  });
});
