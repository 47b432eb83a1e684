/** A run's end is told, whatever the endpoint does, and the run never changes for it. */
import type { Ports } from "../../functions/core/ports.ts";
import { createRun } from "../../functions/core/run/create/create-run.ts";
import { cancelRun } from "../../functions/core/run/end/cancel-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import type { RunRef } from "../../functions/core/run/run-row.ts";
import { redriveAfter, QUEUE_LIMIT } from "../../functions/core/run/timings.ts";
import { sweep } from "../../functions/core/sweep.ts";
import { deleteThread } from "../../functions/core/thread/delete-thread.ts";
import {
  WEBHOOK_QUICK_TIMEOUT,
  WEBHOOK_SWEEP,
  WEBHOOK_TIMEOUT,
  WEBHOOK_TRIES,
  webhookRetryAfter,
  WEBHOOKS_AT_ONCE,
  WEBHOOKS_FOR,
} from "../../functions/core/webhook/timings.ts";
import { aThread, type CorePorts, corePorts, runBody } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { completes, created, host } from "../support/run-steps.ts";
import { startEndpoint } from "../support/webhook-endpoint.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

const told = async (ports: CorePorts, webhook: string) =>
  created(ports, await aThread(ports), { webhook, input: { a: 1 } });

describe("a webhook", () => {
  it("tells the Run, its values and times once the run has ended", async () => {
    const endpoint = await startEndpoint();
    const ports = corePorts(table, completes);
    const run = await told(ports, endpoint.url);

    await handleMessage(ports, run, host);

    expect(endpoint.bodies).toMatchObject([
      {
        run_id: run.run_id,
        thread_id: run.thread_id,
        status: "success",
        kwargs: { input: { a: 1 }, webhook: endpoint.url },
        run_started_at: expect.any(String),
        run_ended_at: expect.any(String),
        webhook_sent_at: expect.any(String),
        values: {},
      },
    ]);
    endpoint.stop();
  });

  it("is tried again by the sweep when the endpoint fails, and tells the same run", async () => {
    const endpoint = await startEndpoint([500, 200]);
    const ports = corePorts(table, completes);
    const run = await told(ports, endpoint.url);

    await handleMessage(ports, run, host);
    ports.advance(webhookRetryAfter(1));
    await sweep(ports);

    expect(endpoint.bodies.map(({ run_id }) => run_id)).toEqual([run.run_id, run.run_id]);
    expect((await ports.runs.get(run))?.status).toBe("success");
    endpoint.stop();
  });

  it("whose worker died after the end is delivered by the sweep, once, by two sweeps at once", async () => {
    const endpoint = await startEndpoint();
    const ports = corePorts(table, completes);
    const run = await told(ports, endpoint.url);
    await cancelRun(ports, run, "interrupt");
    expect(endpoint.bodies).toEqual([]);

    ports.advance(WEBHOOK_SWEEP + 1);
    await Promise.all([sweep(ports), sweep(ports)]);

    const mine = endpoint.bodies.filter(({ run_id }) => run_id === run.run_id);
    expect(mine).toMatchObject([{ status: "interrupted", error: { error: "UserInterrupt" } }]);
    endpoint.stop();
  });

  it("is given up after its last try, and the run stays what it was", async () => {
    const endpoint = await startEndpoint(Array<number>(100).fill(500));
    const ports = corePorts(table, completes);
    const run = await told(ports, endpoint.url);
    await cancelRun(ports, run, "interrupt");

    for (let tries = 0; tries < WEBHOOK_TRIES + 3; tries++) {
      ports.advance(webhookRetryAfter(tries) + WEBHOOK_SWEEP);
      await sweep(ports);
    }

    expect(endpoint.bodies.filter(({ run_id }) => run_id === run.run_id)).toHaveLength(WEBHOOK_TRIES);
    expect((await ports.runs.get(run))?.status).toBe("interrupted");
    endpoint.stop();
  });

  it("of a thread that is deleted goes with it", async () => {
    const endpoint = await startEndpoint();
    const ports = corePorts(table, completes);
    const run = await told(ports, endpoint.url);
    await cancelRun(ports, run, "interrupt");

    await deleteThread(ports, run.thread_id);
    ports.advance(WEBHOOK_SWEEP + 1);
    await sweep(ports);

    expect(endpoint.bodies.filter(({ run_id }) => run_id === run.run_id)).toEqual([]);
    endpoint.stop();
  });
});

describe("R17: webhooks whose endpoints hang", () => {
  /** Sends that are answered when the test says so. */
  const hanging = (ports: CorePorts) => {
    const sends: { url: string; timeout: number; settle: (result: "delivered" | "failed") => void }[] = [];
    const send: Ports["sender"]["send"] = (url, _body, { timeout, signal }) =>
      new Promise((settle) => {
        sends.push({ url, timeout, settle });
        signal?.addEventListener("abort", () => settle("failed"), { once: true });
      });
    return { sends, ports: { ...ports, sender: { ...ports.sender, send } } };
  };
  const url = "http://127.0.0.1:9/hook";
  /** Runs that have ended, and whose ends nobody has told yet. */
  const untold = async (ports: CorePorts, count: number) => {
    const end = async (): Promise<void> => void (await cancelRun(ports, await told(ports, url), "interrupt"));
    await Promise.all(Array.from({ length: count }, end));
    ports.advance(WEBHOOK_SWEEP + 1);
  };

  it("hold no worker where the process lives on", async () => {
    const { sends, ports } = hanging(corePorts(await table.another(), completes));
    const run = await told(ports, url);
    const lingering: Promise<void>[] = [];

    const executed = await handleMessage(ports, run, { ...host, waitUntil: (work) => void lingering.push(work) });
    await expect.poll(() => sends).toHaveLength(1);
    sends[0]?.settle("delivered");
    await Promise.all(lingering);

    expect(executed).toBe("finished");
    ports.advance(WEBHOOK_SWEEP + 1);
    await sweep(ports);
    expect(sends).toHaveLength(1);
  });

  it("have a worker's try that is short, and time when the sweep asks", async () => {
    const { sends, ports } = hanging(corePorts(await table.another(), completes));
    const run = await told(ports, url);

    const working = handleMessage(ports, run, host);
    await expect.poll(() => sends).toHaveLength(1);
    sends[0]?.settle("failed");
    await working;
    ports.advance(webhookRetryAfter(1));
    const swept = sweep(ports);
    await expect.poll(() => sends).toHaveLength(2);
    sends[1]?.settle("delivered");
    await swept;

    expect(sends.map(({ timeout }) => timeout)).toEqual([WEBHOOK_QUICK_TIMEOUT, WEBHOOK_TIMEOUT]);
  });

  it("are left to the sweep by workers while their endpoint is known to be slow", async () => {
    const { sends, ports } = hanging(corePorts(await table.another(), completes));
    const run = await told(ports, url);
    const known = { ...ports, sender: { ...ports.sender, isSlow: () => true } };

    await handleMessage(known, run, host);
    const byWorker = sends.length;
    ports.advance(WEBHOOK_SWEEP + 1);
    const swept = sweep(known);
    await expect.poll(() => sends).toHaveLength(1);
    sends[0]?.settle("delivered");
    await swept;

    expect(byWorker).toBe(0);
  });

  it("keep no run waiting for the sweep, are sent some at a time, and left to the next one when its time is over", async () => {
    const { sends, ports } = hanging(corePorts(await table.another(), completes));
    await untold(ports, WEBHOOKS_AT_ONCE + 5);
    const lost = await created(ports, await aThread(ports));
    ports.advance(redriveAfter(1) + 1);
    ports.sent.length = 0;

    const first = sweep(ports);
    await expect.poll(() => sends).toHaveLength(WEBHOOKS_AT_ONCE);
    await expect.poll(() => ports.sent).toMatchObject([{ run_id: lost.run_id }]);
    sends[0]?.settle("delivered");
    await expect.poll(() => sends).toHaveLength(WEBHOOKS_AT_ONCE + 1);
    ports.advance(WEBHOOKS_FOR);
    for (const { settle } of sends) settle("delivered");
    await first;
    const inTime = sends.length;
    const second = sweep(ports);
    await expect.poll(() => sends).toHaveLength(WEBHOOKS_AT_ONCE + 5);
    for (const { settle } of sends) settle("delivered");
    await second;

    expect(inTime).toBe(WEBHOOKS_AT_ONCE + 1);
  });

  it("let a server stop, and are told after its next start", async () => {
    const { sends, ports } = hanging(corePorts(await table.another(), completes));
    await untold(ports, 3);
    const stopping = new AbortController();

    const swept = sweep(ports, stopping.signal);
    await expect.poll(() => sends).toHaveLength(3);
    stopping.abort();
    await swept;
    ports.advance(webhookRetryAfter(1));
    const after = sweep(ports);
    await expect.poll(() => sends).toHaveLength(6);
    for (const { settle } of sends) settle("delivered");
    await after;

    ports.advance(webhookRetryAfter(2));
    expect(await sweep(ports)).toBe(0);
  });
});

describe("R24: every end is told once", () => {
  it.each([
    ["cancelled while it waits", {}, "interrupted", (ports, run) => cancelRun(ports, run, "interrupt")],
    ["rolled back while it waits", {}, "rollback", (ports, run) => cancelRun(ports, run, "rollback")],
    [
      "cancelled before its time has come",
      { after_seconds: 60 },
      "interrupted",
      (ports, run) => cancelRun(ports, run, "interrupt"),
    ],
    [
      "superseded while it waits",
      {},
      "interrupted",
      (ports, run) => created(ports, run.thread_id, { multitask_strategy: "interrupt" }),
    ],
    [
      "superseded and rolled back while it waits",
      {},
      "rollback",
      (ports, run) => created(ports, run.thread_id, { multitask_strategy: "rollback" }),
    ],
  ] satisfies [string, object, string, (ports: CorePorts, run: RunRef) => Promise<unknown>][])(
    "%s",
    async (_, fields, status, end) => {
      const endpoint = await startEndpoint();
      const ports = corePorts(await table.another(), completes);
      const thread_id = await aThread(ports);
      await created(ports, thread_id);
      const run = await created(ports, thread_id, { webhook: endpoint.url, ...fields });

      await end(ports, run);
      for (let tick = 0; tick < 3; tick++) {
        ports.advance(WEBHOOK_SWEEP + 1);
        await sweep(ports);
      }

      expect(endpoint.bodies).toMatchObject([{ run_id: run.run_id, status, run_started_at: null }]);
      endpoint.stop();
    },
  );

  it("as many as may wait, with a webhook each, in the transaction that ends them", async () => {
    const ports = corePorts(await table.another(), completes);
    const thread_id = await aThread(ports);
    await created(ports, thread_id);
    for (let n = 0; n < QUEUE_LIMIT; n++) await created(ports, thread_id, { webhook: "http://127.0.0.1:9/" });

    const key = "the largest transaction";
    const last = await createRun(ports, { thread_id, key, body: runBody({ multitask_strategy: "rollback" }) });

    const due = await ports.runs.due(Number.MAX_SAFE_INTEGER);
    expect(last.kind).toBe("created");
    expect(due.filter(({ kind }) => kind === "webhook")).toHaveLength(QUEUE_LIMIT);
  });
});
