/** What people do at the same moment: double texting, answers to an interrupt, webhooks whose teller dies. */
import { createRun } from "../../functions/core/run/create/create-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { isFinal } from "../../functions/core/run/run-row.ts";
import { sweep } from "../../functions/core/sweep.ts";
import { WEBHOOK_SWEEP } from "../../functions/core/webhook/timings.ts";
import { aThread, type CorePorts, corePorts, runBody, type Script } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { dying, interpose, nth } from "../support/processes.ts";
import { expectInvariants, watchRun } from "../support/recorded.ts";
import { completed, created, hello, host, statusOf } from "../support/run-steps.ts";
import { startEndpoint } from "../support/webhook-endpoint.ts";
import { deliverAll } from "./steps-project.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

describe("fault 36: twenty runs created at once on a thread", () => {
  test("enqueue: started in the order in which they were accepted", async () => {
    const ports = corePorts(table, hello);
    const thread_id = await aThread(ports);

    await Promise.all(Array.from({ length: 20 }, () => created(ports, thread_id)));
    const { active_run, queue } = (await ports.threads.get(thread_id)) ?? { active_run: null, queue: [] };
    await deliverAll(ports);

    const { runs } = await expectInvariants(ports, thread_id, [], [active_run ?? "", ...queue]);
    expect(runs.map(({ status }) => status)).toEqual(Array(20).fill("success"));
  });

  test.each([
    ["reject", 1],
    ["interrupt", 20],
    ["rollback", 20],
  ] as const)("%s: %d accepted, one active at a time, one is left", async (multitask_strategy, accepted) => {
    const ports = corePorts(table, hello);
    const thread_id = await aThread(ports);
    const body = runBody({ multitask_strategy });

    const results = await Promise.all(Array.from({ length: 20 }, () => createRun(ports, { thread_id, body })));
    await deliverAll(ports);

    const { runs } = await expectInvariants(ports, thread_id);
    expect(results.filter(({ kind }) => kind === "created")).toHaveLength(accepted);
    expect(results.filter(({ kind }) => kind === "busy")).toHaveLength(20 - accepted);
    expect(runs.filter(({ status }) => status === "success")).toHaveLength(1);
    expect(runs.every((run) => isFinal(run))).toBe(true);
  });
});

/** Asks, looks at its state for a while, as a graph does, and ends when it was answered. */
const asking: Script = async ({ kwargs }, { sink }) => {
  if (kwargs.command) return completed;
  sink.emit({ event: "updates", data: '{"__interrupt__":[{"value":"?","id":"1"}]}' }, "held");
  await new Promise((resolve) => setTimeout(resolve, 50));
  return { kind: "paused", interrupts: { task: [{ value: "?", id: "1" }] } };
};

/** The end of a run takes longer than a reader needs to see what was written before it. */
const slowToFinish = (ports: CorePorts): CorePorts =>
  interpose(ports, async ({ name }, carryOut) => {
    if (name === "runs.finish") await new Promise((resolve) => setTimeout(resolve, 150));
    return carryOut();
  });

describe("fault 38: an answer right after the interrupt was seen", () => {
  test("is taken at once, every time: whoever sees the interrupt sees a thread that waits for it", async () => {
    const ports = corePorts(table, asking);
    for (let n = 0; n < 10; n++) {
      const thread_id = await aThread(ports);
      const run = await created(ports, thread_id);
      const reader = watchRun(ports, run);
      const working = handleMessage(slowToFinish(ports), run, host);
      await expect.poll(() => reader.seen.at(-1)?.event, { interval: 1 }).toBe("updates");

      const body = runBody({ command: { resume: "!" }, multitask_strategy: "reject" });
      const [one, two] = await Promise.all([1, 2].map(() => createRun(ports, { thread_id, body })));
      await working;
      await deliverAll(ports);

      expect(new Set([one?.kind, two?.kind])).toEqual(new Set(["busy", "created"]));
      await expectInvariants(ports, thread_id, [await reader.ended]);
      expect((await ports.threads.get(thread_id))?.status).toBe("idle");
    }
  });
});

describe("fault 43: a webhook", () => {
  test("whose teller dies after the request was sent: told again, the same run, which does not change", async () => {
    const endpoint = await startEndpoint();
    const ports = corePorts(await table.another(), hello);
    const run = await created(ports, await aThread(ports), { webhook: endpoint.url });
    const worker = dying(ports, nth("sender.send"), "after");
    void handleMessage(worker.ports, run, host);
    await worker.died;
    const before = await ports.runs.get(run);

    ports.advance(WEBHOOK_SWEEP + 60_000);
    await Promise.all([sweep(ports), sweep(ports)]);

    expect(endpoint.bodies).toMatchObject([{ run_id: run.run_id }, { run_id: run.run_id, status: "success" }]);
    expect(await ports.runs.get(run)).toEqual(before);
    await expectInvariants(ports, run.thread_id);
    endpoint.stop();
  });

  test("whose endpoint answers 500, or not at all: told until it was heard, the run is what it was", async () => {
    const endpoint = await startEndpoint([500, 500, 500]);
    const ports = corePorts(await table.another(), hello);
    const run = await created(ports, await aThread(ports), { webhook: endpoint.url });
    await handleMessage(ports, run, host);
    const next = await created(ports, run.thread_id);
    await deliverAll(ports);

    for (let minute = 0; minute < 8; minute++) {
      ports.advance(60_000);
      await sweep(ports);
    }

    expect(endpoint.bodies.map(({ run_id }) => run_id)).toEqual(Array(4).fill(run.run_id));
    expect([await statusOf(ports, run), await statusOf(ports, next)]).toEqual(["success", "success"]);
    await expectInvariants(ports, run.thread_id);
    endpoint.stop();
  });
});
