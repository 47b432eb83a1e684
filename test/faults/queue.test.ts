/** A queue that loses, delays, doubles and invents messages, and messages that nobody can handle: the row is the truth. */
import { Unclear } from "../../functions/core/failure/failure.ts";
import { readEnv } from "../../functions/aws/env.ts";
import { createRun } from "../../functions/core/run/create/create-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import type { RunRef } from "../../functions/core/run/run-row.ts";
import { LEASE, SWEEP_EVERY } from "../../functions/core/run/timings.ts";
import { sweep } from "../../functions/core/sweep.ts";
import { create as createWorker } from "../../functions/worker.ts";
import { aThread, corePorts, runBody } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { dying, interpose, nth } from "../support/processes.ts";
import { expectInvariants, record } from "../support/recorded.ts";
import { created, hello, host, readAll, statusOf } from "../support/run-steps.ts";
import { aRun, deliverAll, NODES, openSteps, settle, type StepsProject } from "./steps-project.ts";

let table: TestTable;
let project: StepsProject;
beforeAll(async () => {
  [table, project] = await Promise.all([startTable(), openSteps()]);
});
afterAll(() => Promise.all([table.stop(), project.close()]));

describe("fault 5: killed between the transaction and the send", () => {
  test("the sweeper sends it, and it runs once", async () => {
    const own = await table.another();
    const ports = await project.process(own);
    const thread_id = await aThread(ports);
    const api = dying(ports, nth("queue.send"));
    void aRun(api.ports, thread_id);
    await api.died;
    expect(ports.sent).toEqual([]);

    await settle(ports, thread_id);

    expect(project.nodes(thread_id)).toEqual(NODES);
    const { runs } = await expectInvariants(ports, thread_id);
    expect(runs.map(({ status }) => status)).toEqual(["success"]);
  });

  test("the client's repetition with its key is the same run", async () => {
    const own = await table.another();
    const ports = await project.process(own);
    const thread_id = await aThread(ports);
    const request = { thread_id, key: `key of ${thread_id}`, body: runBody({ assistant_id: "steps", input: {} }) };
    const api = dying(ports, nth("queue.send"));
    void createRun(api.ports, request);
    await api.died;

    const again = await createRun(ports, request);
    await settle(ports, thread_id);

    const runs = await ports.runs.list(thread_id);
    expect(runs).toMatchObject([{ run_id: again.kind === "created" && again.run.run_id, status: "success" }]);
    await expectInvariants(ports, thread_id);
  });
});

test("fault 6: a message of a run that was never created vanishes, and leaves nothing", async () => {
  const ports = corePorts(table, hello);
  const thread_id = await aThread(ports);
  const before = await record(ports, thread_id);
  const failing = interpose(ports, ({ name }, carryOut) =>
    name === "runs.create" ? Promise.reject(new Unclear("the transaction failed")) : carryOut(),
  );
  const sent = { thread_id, run_id: crypto.randomUUID() };
  await expect(
    createRun({ ...failing, clock: hasty(ports.clock) }, { thread_id, body: runBody() }),
  ).resolves.toMatchObject({
    kind: "contended",
  });

  const results = [
    await handleMessage(ports, sent, host),
    await handleMessage(ports, { ...sent, thread_id: crypto.randomUUID() }, host),
  ];

  expect(results).toEqual(["held", "held"]);
  expect(await record(ports, thread_id)).toEqual(before);
});

/** Nobody waits. */
const hasty = (clock: ReturnType<typeof corePorts>["clock"]) => ({ ...clock, sleep: () => Promise.resolve() });

describe("fault 21: poison", () => {
  test("a run that kills every worker: error with its reason after a few claims, and the queue flows on", async () => {
    const own = await table.another();
    const ports = await project.process(own);
    const [poisoned, thread_id] = [await aThread(ports), await aThread(ports)];
    const poison = await aRun(ports, poisoned);
    const next = await aRun(ports, poisoned, { assistant_id: "short" });
    const healthy = await aRun(ports, thread_id);
    let claims = 0;
    while ((await ports.runs.get(poison))?.status !== "error" && claims < 10) {
      const worker = dying(ports, nth("checkpoints.putHead"));
      claims++;
      await Promise.race([handleMessage(worker.ports, poison, host), worker.died]);
      ports.advance(LEASE + 1);
    }

    await deliverAll(ports);
    await settle(ports, poisoned);

    expect(claims).toBe(4);
    expect((await readAll(ports, poison)).events.at(-1)?.data).toContain("made no progress");
    expect([await statusOf(ports, next), await statusOf(ports, healthy)]).toEqual(["success", "success"]);
    await expectInvariants(ports, poisoned, [], [poison.run_id, next.run_id]);
  });

  test("a run whose input cannot be read: error at its first claim", async () => {
    const ports = await project.process(table);
    const thread_id = await aThread(ports);
    const run = await aRun(ports, thread_id);
    const forgetful = interpose(ports, async ({ name }, carryOut) => {
      const answer = await carryOut();
      return name === "runs.load" ? { ...(answer as object), input: Buffer.from([0, 1, 2]) } : answer;
    });

    expect(await handleMessage(forgetful, run, host)).toBe("finished");

    expect((await readAll(ports, run)).events.at(-1)?.data).toContain("cannot be read");
    await expectInvariants(ports, thread_id);
  });

  test("a run whose graph is not there any more: error that names it", async () => {
    const ports = await project.process(table);
    const thread_id = await aThread(ports);
    const renamed = { ...ports, engine: { ...ports.engine, graphs: () => [{ graph_id: "gone", description: null }] } };
    const run = await aRun(renamed, thread_id, { assistant_id: "gone" });

    await handleMessage(ports, run, host);

    expect((await readAll(ports, run)).events.at(-1)).toMatchObject({
      event: "error",
      data: expect.stringContaining("gone"),
    });
    await expectInvariants(ports, thread_id);
  });
});

const messageOf = ({ thread_id, run_id }: RunRef) => JSON.stringify({ thread_id, run_id });

test("fault 22: a batch in which some fail: those alone come back, the others have run", async () => {
  const ports = await project.process(table);
  const runs: RunRef[] = [];
  for (let n = 0; n < 6; n++) runs.push(await aRun(ports, await aThread(ports)));
  const worker = await createWorker(
    readEnv({
      THREADLINE_TABLE_NAME: table.table,
      THREADLINE_QUEUE_URL: "http://127.0.0.1:1/000000000000/unused",
      THREADLINE_PROJECT_DIR: project.folder,
      THREADLINE_AUTH: "none",
      THREADLINE_PYTHON: process.env["TEST_PYTHON"],
      AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
      AWS_ENDPOINT_URL_SQS: "http://127.0.0.1:1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    }),
    { logger: ports.logger },
  );
  const bodies = [...runs.map(messageOf), "{ no JSON", '{"run_id":7}', messageOf({ thread_id: "x", run_id: "y" })];

  const { batchItemFailures } = await worker(
    {
      Records: bodies.map((body, n) => ({ body, messageId: `message ${n}` })) as unknown as Parameters<
        typeof worker
      >[0]["Records"],
    },
    { getRemainingTimeInMillis: () => 60_000 },
  );

  expect(batchItemFailures).toEqual([{ itemIdentifier: "message 6" }, { itemIdentifier: "message 7" }]);
  for (const run of runs) {
    expect(await statusOf(ports, run)).toBe("success");
    expect(project.nodes(run.thread_id)).toEqual(NODES);
  }
});

test("fault 23: a queue that drops or is an hour behind: few sends, no run is given up, it runs when its message comes", async () => {
  const own = await table.another();
  const ports = corePorts(own, hello);
  const run = await created(ports, await aThread(ports));
  let sends = 0;
  for (let minute = 0; minute < 60; minute++) {
    sends += ports.sent.splice(0).length;
    ports.advance(SWEEP_EVERY);
    await Promise.all([sweep(ports), sweep(ports)]);
  }

  expect(await statusOf(ports, run)).toBe("pending");
  expect(sends).toBeLessThanOrEqual(17);
  expect(await handleMessage(ports, run, host)).toBe("finished");
  await expectInvariants(ports, run.thread_id);
});
