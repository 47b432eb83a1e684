/** Crons that are due: one run for each time, whatever sweeps do; and none when it must not be. */
import { createCron } from "../../functions/core/cron/create-cron.ts";
import { deleteCron, patchCron } from "../../functions/core/cron/change-cron.ts";
import { readCron } from "../../functions/core/cron/search-crons.ts";
import { Unclear } from "../../functions/core/failure/failure.ts";
import { deleteRun } from "../../functions/core/run/end/delete-run.ts";
import { sweep } from "../../functions/core/sweep.ts";
import { deleteThread } from "../../functions/core/thread/delete-thread.ts";
import { MINUTE } from "../../functions/core/units.ts";
import { CronCreate, CronPatch } from "../../functions/protocol/cron.ts";
import { aThread, type CorePorts, corePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { completes, created, handleAll } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

/** A system of its own, at the full minute. */
async function open(own?: TestTable): Promise<CorePorts> {
  const ports = corePorts(own ?? (await table.another()), completes);
  ports.step(MINUTE - (ports.clock.now() % MINUTE));
  return ports;
}

async function aCron(ports: CorePorts, thread_id: string | null, fields: object = {}): Promise<string> {
  const body = CronCreate.parse({ assistant_id: "scripted", schedule: "* * * * *", ...fields });
  const result = await createCron(ports, thread_id, body);
  if (result.kind !== "created") throw new Error(result.detail);
  return result.cron.cron_id;
}

/** Each run ends before the next minute. */
async function minutes(ports: CorePorts, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    ports.step(MINUTE);
    await sweep(ports);
    await handleAll(ports);
  }
}

const runsOf = (ports: CorePorts, thread_id: string) => ports.runs.list(thread_id);

describe("a cron on a thread", () => {
  it("has a run each time that it is due, with its payload, its metadata and its id", async () => {
    const ports = await open();
    const thread_id = await aThread(ports);
    const metadata = { by: "me", cron_id: "not mine" };
    const cron_id = await aCron(ports, thread_id, { input: { n: 1 }, metadata, stream_mode: "updates" });

    await minutes(ports, 3);

    const runs = await runsOf(ports, thread_id);
    expect(runs).toHaveLength(3);
    expect(runs[0]).toMatchObject({ status: "success", metadata: { by: "me", cron_id }, stream_mode: ["updates"] });
    const cron = await readCron(ports, cron_id);
    expect(cron?.metadata).toEqual({ by: "me" });
    expect(Date.parse(cron?.next_run_date ?? "")).toBe(Math.ceil(ports.clock.now() / MINUTE) * MINUTE);
  });

  it("has one run of a time however many sweeps there are at once, and if they end halfway", async () => {
    const own = await table.another();
    const ports = await open(own);
    const thread_id = await aThread(ports);
    await aCron(ports, thread_id);
    ports.step(MINUTE);
    const halfway = { ...ports, crons: { ...ports.crons, put: () => Promise.reject(new Unclear("the sweep ends")) } };

    await sweep(halfway);
    await Promise.all([1, 2, 3, 4, 5].map(() => sweep(corePorts(own, completes, ports))));
    await handleAll(ports);
    await sweep(ports);

    expect(await runsOf(ports, thread_id)).toHaveLength(1);
  });

  it("has no second run of a time if a sweep ends halfway and a client deletes the first", async () => {
    const ports = await open();
    const thread_id = await aThread(ports);
    await aCron(ports, thread_id);
    ports.step(MINUTE);
    const halfway = { ...ports, crons: { ...ports.crons, put: () => Promise.reject(new Unclear("the sweep ends")) } };
    await sweep(halfway);
    await handleAll(ports);
    const [run] = await runsOf(ports, thread_id);
    if (!run) throw new Error("the cron has a run");
    await deleteRun(ports, run);

    await sweep(ports);

    expect(ports.sent).toEqual([]);
  });

  it("waits behind the run that is on the thread, or has none this time, as its strategy says", async () => {
    const ports = await open();
    const [waits, rejects] = [await aThread(ports), await aThread(ports)];
    await aCron(ports, waits);
    await aCron(ports, rejects, { multitask_strategy: "reject" });
    for (const thread_id of [waits, rejects]) await created(ports, thread_id);

    ports.step(MINUTE);
    await sweep(ports);
    await sweep(ports);

    expect([await runsOf(ports, waits), await runsOf(ports, rejects)].map(({ length }) => length)).toEqual([2, 1]);
  });

  it("goes with its thread; a new life of the id has none of it", async () => {
    const ports = await open();
    const thread_id = await aThread(ports);
    const cron_id = await aCron(ports, thread_id);

    await deleteThread(ports, thread_id);
    await created(ports, thread_id, { if_not_exists: "create" });
    await minutes(ports, 2);

    expect(await readCron(ports, cron_id)).toBeUndefined();
    expect(await runsOf(ports, thread_id)).toHaveLength(1);
  });

  it("has no run on a thread that is made again under its id in the middle of a sweep", async () => {
    const ports = await open();
    const thread_id = await aThread(ports);
    const cron_id = await aCron(ports, thread_id);
    ports.step(MINUTE);
    const payload = async (id: string) => {
      await deleteThread(ports, thread_id);
      await created(ports, thread_id, { if_not_exists: "create" });
      return ports.crons.payload(id);
    };
    const read = await ports.crons.payload(cron_id);

    await sweep({ ...ports, crons: { ...ports.crons, payload: async (id) => (await payload(id)) ?? read } });

    expect(await runsOf(ports, thread_id)).toHaveLength(1);
  });

  it("whose rows were not removed with its thread has no run either, and goes when it is due", async () => {
    const ports = await open();
    const thread_id = await aThread(ports);
    const cron_id = await aCron(ports, thread_id);
    const late = { ...ports, crons: { ...ports.crons, removeOfThread: () => Promise.resolve() } };

    await deleteThread(late, thread_id);
    await minutes(ports, 1);

    expect(await readCron(ports, cron_id)).toBeUndefined();
  });
});

describe("a stateless cron", () => {
  it.each([
    ["delete", true],
    ["keep", false],
  ])("has a thread of its own each time: %s", async (on_run_completed, isGone) => {
    const ports = await open();
    const sent: string[] = [];
    ports.queue.send = ({ run_id, thread_id }) => {
      sent.push(thread_id);
      return Promise.resolve(void ports.sent.push({ run_id, thread_id }));
    };
    await aCron(ports, null, { on_run_completed });

    await minutes(ports, 2);

    expect(new Set(sent).size).toBe(2);
    const threads = await Promise.all(sent.map((thread_id) => ports.threads.get(thread_id)));
    expect(threads.map((thread) => thread?.deleted)).toEqual([isGone, isGone]);
  });
});

describe("a cron has no run", () => {
  it.each<[string, object, (ports: CorePorts, cron_id: string) => Promise<unknown>]>([
    ["after its end", { end_time: "1999-01-01T00:00:00Z" }, () => Promise.resolve()],
    ["while it is not enabled", { enabled: false }, () => Promise.resolve()],
    ["once it was deleted", {}, (ports, cron_id) => deleteCron(ports, cron_id)],
    ["once it was switched off", {}, (ports, cron_id) => patch(ports, cron_id, { enabled: false })],
    [
      "at the time that it had before a change",
      {},
      (ports, cron_id) => patch(ports, cron_id, { schedule: "0 0 1 1 *" }),
    ],
  ])("%s", async (_when, fields, change) => {
    const ports = await open();
    const thread_id = await aThread(ports);
    await change(ports, await aCron(ports, thread_id, fields));

    await minutes(ports, 2);

    expect(await runsOf(ports, thread_id)).toEqual([]);
  });
});

const patch = (ports: CorePorts, cron_id: string, fields: object, payload: object = {}) =>
  patchCron(ports, cron_id, CronPatch.parse({ ...fields, payload }));

test("a change counts for the runs after it, and keeps what it does not name", async () => {
  const ports = await open();
  const thread_id = await aThread(ports);
  const cron_id = await aCron(ports, thread_id, { input: { n: 1 }, metadata: { a: 1 }, stream_mode: "debug" });
  await minutes(ports, 1);

  await patch(ports, cron_id, {}, { input: { n: 2 }, metadata: { b: 2 } });
  await minutes(ports, 1);

  const second = (await runsOf(ports, thread_id)).find(({ metadata }) => metadata["b"] === 2);
  expect(second).toMatchObject({ metadata: { b: 2 }, stream_mode: ["debug"] });
  expect(second?.metadata).not.toHaveProperty("a");
  expect(await readCron(ports, cron_id)).toMatchObject({ metadata: { a: 1, b: 2 }, payload: { input: { n: 2 } } });
});

test("after hours without a sweep there is one run, and then one each minute again", async () => {
  const ports = await open();
  const thread_id = await aThread(ports);
  await aCron(ports, thread_id);

  ports.step(5 * 60 * MINUTE);
  await minutes(ports, 2);

  expect(await runsOf(ports, thread_id)).toHaveLength(2);
});
