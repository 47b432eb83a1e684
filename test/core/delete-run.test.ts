/** Deletion of a run against what goes on at the same time, and when it fails halfway. */
import { Unclear } from "../../functions/core/failure/failure.ts";
import { claimRun } from "../../functions/core/run/execute/claim-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { createRun } from "../../functions/core/run/create/create-run.ts";
import { deleteRun } from "../../functions/core/run/end/delete-run.ts";
import { getRun } from "../../functions/core/run/read-runs.ts";
import type { RunRef } from "../../functions/core/run/run-row.ts";
import { LEASE } from "../../functions/core/run/timings.ts";
import { aThread, type CorePorts, corePorts, runBody, type Script } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { created, host, readAll, statusOf } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

const value = (text: string) => ({ type: "json", elements: [Buffer.from(text)] });

/** Puts one checkpoint, with the run's id. */
const remember: Script = async ({ thread_id, run_id, claim }, { checkpoints }) => {
  const channels = { text: value(`"${run_id}"`) };
  const head = { thread_id, ns: "", checkpoint_id: run_id, claim, metadata: { run_id }, checkpoint: value("{}") };
  await checkpoints.putHead({ ...head, channels });
  return { kind: "completed", head: { checkpoint_id: run_id, channels: ["text"] } };
};

/** Ids in the order of the runs: heads sort by them. */
let runs = 0;
const ordered = (ports: CorePorts): CorePorts => ({
  ...ports,
  ids: { ...ports.ids, uuid7: () => `00000000-0000-7000-8000-${String(++runs).padStart(12, "0")}` },
});

async function finished(ports: CorePorts, thread_id: string) {
  const run = await created(ports, thread_id);
  await handleMessage(ports, run, host);
  return run;
}
const headOf = async (ports: CorePorts, { thread_id }: Pick<RunRef, "thread_id">) => ({
  row: (await ports.threads.get(thread_id))?.head?.checkpoint_id,
  stored: (await ports.checkpoints.head(thread_id, ""))?.checkpoint_id,
});

test("row, checkpoints and input are gone, and the thread has the head before", async () => {
  const ports = ordered(corePorts(table, remember));
  const thread_id = await aThread(ports);
  const [first, second] = [await finished(ports, thread_id), await finished(ports, thread_id)];

  expect(await deleteRun(ports, second)).toEqual({ kind: "deleted" });

  expect(await getRun(ports, second)).toBeUndefined();
  expect(await headOf(ports, first)).toEqual({ row: first.run_id, stored: first.run_id });
  expect(await ports.checkpoints.newestOf(thread_id, second.log_start ?? 0)).toBeUndefined();
  expect(await ports.inputs.get(second.run_id, second.input_parts)).toBeUndefined();
  expect((await readAll(ports, second)).end).toEqual({ kind: "gone" });
});

test("what failed halfway is hidden already, and completed by the next delete", async () => {
  const ports = ordered(corePorts(table, remember));
  const thread_id = await aThread(ports);
  const [first, second] = [await finished(ports, thread_id), await finished(ports, thread_id)];
  const checkpoints = { ...ports.checkpoints, remove: () => Promise.reject(new Unclear("the table is away")) };

  await expect(deleteRun({ ...ports, checkpoints }, second)).rejects.toThrow("the table is away");

  expect(await headOf(ports, first)).toEqual({ row: first.run_id, stored: first.run_id });
  expect(await deleteRun(ports, second)).toMatchObject({ kind: "not_found" });
  expect(await ports.checkpoints.newestOf(thread_id, second.log_start ?? 0)).toBeUndefined();
});

test("a run that is created meanwhile makes the delete look again, and be refused", async () => {
  const ports = ordered(corePorts(table, remember));
  const thread_id = await aThread(ports);
  const done = await finished(ports, thread_id);
  let next: RunRef | undefined;
  const remove: typeof ports.runs.remove = async (removal) => {
    next ??= await created(ports, thread_id);
    return ports.runs.remove(removal);
  };

  expect(await deleteRun({ ...ports, runs: { ...ports.runs, remove } }, done)).toMatchObject({ kind: "busy" });

  expect(await statusOf(ports, done)).toBe("success");
  expect(await headOf(ports, done)).toEqual({ row: done.run_id, stored: done.run_id });
});

test("two deletes at once: one deletes, and nothing of the other is left", async () => {
  const ports = ordered(corePorts(table, remember));
  const thread_id = await aThread(ports);
  const [first, second] = [await finished(ports, thread_id), await finished(ports, thread_id)];

  const results = await Promise.all([deleteRun(ports, first), deleteRun(ports, second)]);

  expect(results).toEqual([{ kind: "deleted" }, { kind: "deleted" }]);
  expect(await headOf(ports, first)).toEqual({ row: undefined, stored: undefined });
});

test("a run that waits is taken out of the queue", async () => {
  const ports = ordered(corePorts(table, remember));
  const thread_id = await aThread(ports);
  const active = await created(ports, thread_id);
  const waiting = await created(ports, thread_id);

  expect(await deleteRun(ports, waiting)).toEqual({ kind: "deleted" });

  expect((await ports.threads.get(thread_id))?.queue).toEqual([]);
  await handleMessage(ports, active, host);
  expect(await statusOf(ports, active)).toBe("success");
});

test("a run whose worker has died is ended here, once its lease is over", async () => {
  const ports = ordered(corePorts(table, remember));
  const run = await created(ports, await aThread(ports));
  await claimRun(ports, run, { purpose: "run" });
  const deleting = deleteRun(ports, run);
  await expect.poll(async () => (await ports.runs.get(run))?.cancel).toBe("rollback");

  ports.advance(LEASE + 1_000);

  expect(await deleting).toEqual({ kind: "deleted" });
  expect(await ports.threads.get(run.thread_id)).toMatchObject({ status: "idle", active_run: null });
});

test("its idempotency key is free again", async () => {
  const ports = ordered(corePorts(table, remember));
  const request = { thread_id: await aThread(ports), body: runBody(), key: crypto.randomUUID() };
  const runOf = async (): Promise<RunRef> => {
    const made = await createRun(ports, request);
    if (made.kind !== "created") throw new Error(made.detail);
    return made.run;
  };
  const done = await runOf();
  await handleMessage(ports, done, host);
  expect((await runOf()).run_id).toBe(done.run_id);

  await deleteRun(ports, done);

  expect((await runOf()).run_id).not.toBe(done.run_id);
});
