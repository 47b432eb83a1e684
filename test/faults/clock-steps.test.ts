/** The wall clock is set, forward and back, in every part of a run's life: nothing waits for the size of the step, and nothing is lost. */
import { ROW_POLL } from "../../functions/core/log/timings.ts";
import { cancelRun } from "../../functions/core/run/end/cancel-run.ts";
import { claimRun } from "../../functions/core/run/execute/claim-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { HEARTBEAT, LEASE, redriveAfter, RUN_START_TIMEOUT } from "../../functions/core/run/timings.ts";
import { sweep } from "../../functions/core/sweep.ts";
import { aThread, type CorePorts, corePorts, type Script } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { counting, pass } from "../support/processes.ts";
import { expectInvariants, watchRun } from "../support/recorded.ts";
import { completed, created, hello, host, statusOf } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

const STEPS = [-3_600_000, -8_000, 60_000, 10 * RUN_START_TIMEOUT];

/** A run at work, in a table of its own, whose graph ends when it is told to. */
async function atWork() {
  const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let runs = 0;
  const waits: Script = async ({ attempt }, { sink }) => {
    runs++;
    sink.emit({ event: "custom", data: JSON.stringify(`attempt ${attempt}`) }, "token");
    begun.resolve();
    await goOn.promise;
    sink.emit({ event: "custom", data: '"after"' }, "token");
    return completed;
  };
  const { ports, quiet } = counting(corePorts(await table.another(), waits));
  const run = await created(ports, await aThread(ports));
  const reader = watchRun(ports, run);
  const working = handleMessage(ports, run, host);
  await begun.promise;
  return { ports, quiet, run, reader, working, goOn: goOn.resolve, runs: () => runs };
}

const leaseOf = async (ports: CorePorts, ref: Parameters<CorePorts["runs"]["get"]>[0]): Promise<number> =>
  ((await ports.runs.get(ref))?.lease_until ?? Number.NaN) - ports.clock.now();

describe.each(STEPS)("E1: the wall clock is set by %d ms", (ms) => {
  test("while a run is at work and read: it goes on, once, and its lease is renewed by the new time", async () => {
    const { ports, quiet, run, reader, working, goOn, runs } = await atWork();

    ports.step(ms);
    const taken = claimRun(ports, run, { purpose: "run" });
    const swept = sweep(ports);
    await pass(ports, quiet, HEARTBEAT + 1_000);
    await expect.poll(() => leaseOf(ports, run)).toSatisfy((lease: number) => lease > 0 && lease <= LEASE);
    await pass(ports, quiet, LEASE);
    await swept;
    goOn();

    expect(await taken).toEqual({ kind: "held" });
    expect(await working).toBe("finished");
    expect(runs()).toBe(1);
    const seen = await reader.ended;
    await expectInvariants(ports, run.thread_id, [seen]);
    expect(seen.seen.map(({ data }) => data).slice(1)).toEqual(['"attempt 1"', '"after"']);
  });

  test("after a worker has died: a reader has the run sent again, and it is claimed, a lease later at most", async () => {
    const { ports, quiet } = counting(corePorts(await table.another(), hello));
    const run = await created(ports, await aThread(ports));
    expect((await claimRun(ports, run, { purpose: "run" })).kind).toBe("claimed");
    const reader = watchRun(ports, run);
    const sent = ports.sent.length;

    ports.step(ms);
    await pass(ports, quiet, 2 * LEASE + 2 * ROW_POLL + redriveAfter(1));
    const executed = await handleMessage(ports, run, host);

    expect(ports.sent.length).toBeGreaterThan(sent);
    expect(executed).toBe("finished");
    await expectInvariants(ports, run.thread_id, [await reader.ended]);
  });

  test("while a run waits for a worker: the sweeper does not take it for one that nobody came for", async () => {
    const { ports, quiet } = counting(corePorts(await table.another(), hello));
    const run = await created(ports, await aThread(ports));

    ports.step(ms);
    const swept = sweep(ports);
    const executed = await handleMessage(ports, run, host);
    await pass(ports, quiet, LEASE);
    await swept;

    expect(executed).toBe("finished");
    expect(await statusOf(ports, run)).toBe("success");
  });

  test("while nobody holds a run: a cancel ends it at once", async () => {
    const ports = corePorts(await table.another(), hello);
    const run = await created(ports, await aThread(ports));

    ports.step(ms);
    await cancelRun(ports, run, "interrupt");

    expect(await statusOf(ports, run)).toBe("interrupted");
  });
});
