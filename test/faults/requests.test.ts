/** What DynamoDB does to single requests: each of a run's life meets each fate, in front of the real adapters. */
import { createRun } from "../../functions/core/run/create/create-run.ts";
import { cancelRun } from "../../functions/core/run/end/cancel-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { aThread, type CorePorts, runBody } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import {
  conflict,
  doneAndFailed,
  failed,
  type Fate,
  type TableRequest,
  throttled,
  tokenForgotten,
  unanswered,
  withFaults,
} from "../support/faulty-handler.ts";
import { expectInvariants, watchRun } from "../support/recorded.ts";
import { statusOf } from "../support/run-steps.ts";
import { aRun, eachOf, openSteps, settle, type StepsProject, upTo } from "./steps-project.ts";

let table: TestTable;
let project: StepsProject;
beforeAll(async () => {
  [table, project] = await Promise.all([startTable(), openSteps()]);
});
afterAll(() => Promise.all([table.stop(), project.close()]));

/** More requests than a run of one node makes. */
const REQUESTS = 16;
const everyRequest = upTo(REQUESTS);

type Plan = (request: TableRequest) => Fate | undefined;
const onCall =
  (n: number, fate: Fate, attempts = 1): Plan =>
  (request) =>
    request.n === n && request.attempt <= attempts ? fate : undefined;
/** The SDK gives up: the caller does not know what became of it. */
const ALL = Infinity;

/** A thread with two runs, the first of which is worked on by a worker with these faults; what it leaves is settled by others. */
async function workedOn(plan: Plan) {
  const own = await table.another();
  const ports = await project.process(own);
  const thread_id = await aThread(ports);
  const run = await aRun(ports, thread_id, { assistant_id: "short" });
  const next = await aRun(ports, thread_id, { assistant_id: "short" });
  const reader = watchRun(ports, run);
  const met: string[] = [];
  const worker = await project.process(
    withFaults(own, (request) => {
      const fate = plan(request);
      if (fate) met.push(request.operation);
      return fate;
    }),
    ports,
  );
  const message = ports.sent.shift() ?? run;
  await handleMessage(worker, message, { drain: new AbortController().signal }).catch(() => ports.sent.push(message));
  await settle(ports, thread_id);

  const { slots } = await expectInvariants(ports, thread_id, [await reader.ended], [run.run_id, next.run_id]);
  expect([await statusOf(ports, run), await statusOf(ports, next)]).toEqual(["success", "success"]);
  return { met, slots, nodes: project.nodes(thread_id), attempt: (await ports.runs.get(run))?.attempt };
}

async function workedOnEach(plan: (n: number) => Plan) {
  const results = await eachOf(everyRequest, (n) => workedOn(plan(n)));
  expect(results.filter(({ met }) => met.length).length).toBeGreaterThan(8);
  for (const { met, nodes } of results) expect(nodes, met.join()).toEqual(["a", "a"]);
  return results;
}

test("fault 14: appends are throttled for longer than the SDK tries: batches grow, nothing is lost or out of order", async () => {
  let appends = 0;
  const { slots } = await workedOn(({ operation, body }) => {
    const item = body["Item"] as { pk?: { S: string } } | undefined;
    const isAppend = operation === "PutItem" && item?.pk?.S.startsWith("L#");
    return isAppend && ++appends <= 6 ? throttled : undefined;
  });

  expect(appends).toBeGreaterThan(6);
  const { slots: unthrottled } = await workedOn(() => undefined);
  expect(slots.length).toBeLessThanOrEqual(unthrottled.length);
});

describe("fault 15: done, and answered with 5xx or not at all: recognised as our own", () => {
  test.each<[string, Fate, number]>([
    ["once", unanswered, 1],
    ["on every try", doneAndFailed, ALL],
  ])("%s, each request", async (_name, fate, attempts) => {
    const results = await workedOnEach((n) => onCall(n, fate, attempts));

    expect(results.map(({ attempt }) => attempt)).toEqual(everyRequest.map(() => 1));
  });
});

describe("fault 16: not done, and answered with 5xx: repeated", () => {
  test.each<[string, number]>([
    ["once", 1],
    ["on every try", ALL],
  ])("%s, each request", async (_name, attempts) => {
    const results = await workedOnEach((n) => onCall(n, failed, attempts));

    expect(results.map(({ attempt }) => attempt)).toEqual(everyRequest.map(() => 1));
  });
});

test("fault 17: each request meets somebody else's transaction: one end", async () => {
  const results = await workedOnEach((n) => onCall(n, conflict));

  expect(results.map(({ attempt }) => attempt)).toEqual(everyRequest.map(() => 1));
});

test("fault 18: the finish is repeated when its token is forgotten: still conditional, one end", async () => {
  const { met, slots, attempt } = await workedOn(({ operation, attempt: tries }) =>
    operation === "TransactWriteItems" && tries === 1 ? tokenForgotten : undefined,
  );

  expect(met).toEqual(["TransactWriteItems"]);
  expect(attempt).toBe(1);
  expect(slots.filter(({ end }) => end)).toHaveLength(2);
});

describe("fault 37: a create or a cancel meets a fault", () => {
  const fates: [string, Fate, number][] = [
    ["lost answers", unanswered, 1],
    ["only lost answers", doneAndFailed, ALL],
    ["failures", failed, ALL],
    ["conflicts", conflict, ALL],
  ];

  test.each(fates)(
    "%s: no run without its answer; the same key is the same run, another body is refused",
    async (_, fate, attempts) => {
      await Promise.all(
        [1, 2, 3, 4, 5].map(async (n) => {
          const own = await table.another();
          const ports = await project.process(own);
          const thread_id = await aThread(ports);
          const faulty: CorePorts = await project.process(withFaults(own, onCall(n, fate, attempts)), ports);
          const body = runBody({ assistant_id: "short", input: {} });
          const request = { thread_id, body, key: `key of ${thread_id}` };

          const first = await createRun(faulty, request).catch(() => undefined);
          const runs = await ports.runs.list(thread_id);
          const again = await createRun(ports, request);
          const other = await createRun(ports, {
            ...request,
            body: runBody({ assistant_id: "short", input: { a: 1 } }),
          });
          await settle(ports, thread_id);

          expect(first !== undefined || runs.length === 0, `request ${n}: a run without its answer`).toBe(true);
          expect(again).toMatchObject({ kind: "created" });
          expect(other.kind).toBe("key_reused");
          expect(await ports.runs.list(thread_id)).toHaveLength(1);
          await expectInvariants(ports, thread_id);
        }),
      );
    },
  );

  test.each(fates)("%s: an accepted cancel is answered, and is never a success", async (_, fate, attempts) => {
    await Promise.all(
      [1, 2, 3, 4, 5, 6, 7].map(async (n) => {
        const own = await table.another();
        const ports = await project.process(own);
        const thread_id = await aThread(ports);
        const run = await aRun(ports, thread_id, { assistant_id: "short" });
        const faulty = await project.process(withFaults(own, onCall(n, fate, attempts)), ports);

        const answer = await cancelRun(faulty, run, "interrupt").catch(() => "failed");
        const row = await ports.runs.get(run);
        await settle(ports, thread_id);

        expect(answer === "failed" && row?.cancel !== undefined, `request ${n}: a cancel without its answer`).toBe(
          false,
        );
        expect(await statusOf(ports, run)).toBe(answer === "failed" ? "success" : "interrupted");
        await expectInvariants(ports, thread_id);
      }),
    );
  });
});
