/** A run's end is told, whatever the endpoint does, and the run never changes for it. */
import { cancelRun } from "../../functions/core/cancel-run.ts";
import { deleteThread } from "../../functions/core/delete-thread.ts";
import { sweep } from "../../functions/core/recover-runs.ts";
import { WEBHOOK_SWEEP, WEBHOOK_TRIES, webhookRetryAfter } from "../../functions/core/timings.ts";
import { handleMessage } from "../../functions/core/handle-message.ts";
import { aThread, type CorePorts, corePorts } from "../support/core-ports.ts";
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

  it("is tried again at once when the endpoint fails, and tells the same run", async () => {
    const endpoint = await startEndpoint([500, 200]);
    const ports = corePorts(table, completes);
    const run = await told(ports, endpoint.url);

    await handleMessage(ports, run, host);

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
