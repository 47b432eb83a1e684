/** Deletion against what goes on at the same time: the id is used again before everything old is gone. */
import { Impossible, Unclear } from "../../functions/core/failure/failure.ts";
import { randomBytes } from "node:crypto";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { runKey } from "../../functions/aws/table/keys.ts";
import { admitDelayed } from "../../functions/core/run/create/admit-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { INPUT_INLINE_BYTES } from "../../functions/core/run/timings.ts";
import { listRuns } from "../../functions/core/run/read-runs.ts";
import { createThread } from "../../functions/core/thread/create-thread.ts";
import { deleteThread } from "../../functions/core/thread/delete-thread.ts";
import { silentLogger } from "../http/silent-logger.ts";
import { ThreadCreate } from "../../functions/protocol/thread.ts";
import { aThread, type CorePorts, corePorts, type Script } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { completes, created, host, statusOf } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

const LARGE = "the same in both lives".repeat(200);
const value = (text: string) => ({ type: "json", elements: [Buffer.from(text)] });

/** Puts one checkpoint with a value that has a segment of its own. */
const remember: Script = async ({ thread_id, run_id, claim }, { checkpoints }) => {
  const channels = { text: value(LARGE) };
  const head = { thread_id, ns: "", checkpoint_id: run_id, claim, metadata: { run_id }, checkpoint: value("{}") };
  await checkpoints.putHead({ ...head, channels });
  return { kind: "completed", head: { checkpoint_id: run_id, channels: ["text"] } };
};

const refuse = () => Promise.reject(new Impossible("the table refuses it"));
const noRow = () => Promise.resolve({ thread: undefined, run: undefined });

async function finished(ports: CorePorts, thread_id: string) {
  const run = await created(ports, thread_id, { if_not_exists: "create" });
  await handleMessage(ports, run, host);
  return run;
}

describe("deleteThread", () => {
  it("leaves alone what a new life of the id has written before the old one was cleared", async () => {
    const ports = corePorts(table, remember);
    const thread_id = await aThread(ports);
    const before = await finished(ports, thread_id);
    let after = before;
    const { checkpoints } = ports;
    const removeUntil: typeof checkpoints.removeUntil = async (...args) => {
      after = await finished(ports, thread_id);
      await checkpoints.removeUntil(...args);
    };

    const deleted = await deleteThread({ ...ports, checkpoints: { ...checkpoints, removeUntil } }, thread_id);

    expect(deleted).toBe("deleted");
    expect((await ports.runs.list(thread_id)).map(({ run_id }) => run_id)).toEqual([after.run_id]);
    const head = await corePorts(table, remember).checkpoints.head(thread_id, "");
    expect(head?.checkpoint_id).toBe(after.run_id);
    expect(Buffer.concat(head?.channels["text"]?.elements ?? []).toString()).toBe(LARGE);
    expect(await ports.checkpoints.head(thread_id, "", before.run_id)).toBeUndefined();
  });

  it.each(["a run", "a request of its own"])(
    "that failed halfway is completed before %s makes the thread anew",
    async (by) => {
      const ports = corePorts(table, remember);
      const thread_id = await aThread(ports);
      const before = await finished(ports, thread_id);
      const removeUntil = () => Promise.reject(new Unclear("no answer"));
      const failing = deleteThread({ ...ports, checkpoints: { ...ports.checkpoints, removeUntil } }, thread_id);
      await expect(failing).rejects.toThrow("no answer");

      if (by === "a run") await created(ports, thread_id, { if_not_exists: "create" });
      else await createThread(ports, ThreadCreate.parse({ thread_id }));

      expect(await ports.checkpoints.head(thread_id, "", before.run_id)).toBeUndefined();
      expect(await ports.checkpoints.head(thread_id, "")).toBeUndefined();
    },
  );

  it("that failed halfway is completed by the next", async () => {
    const ports = corePorts(table, remember);
    const thread_id = await aThread(ports);
    await finished(ports, thread_id);
    const purge = () => Promise.reject(new Unclear("no answer"));
    const failing = deleteThread({ ...ports, runs: { ...ports.runs, purge } }, thread_id);
    await expect(failing).rejects.toThrow("no answer");

    const again = await deleteThread(ports, thread_id);

    expect(again).toBe("not_found");
    expect(await ports.runs.list(thread_id)).toEqual([]);
  });

  it("between two tries of a create whose first had no answer: the run that comes of it has its input", async () => {
    const seen: unknown[] = [];
    const ports = corePorts(table, (invocation, context) => {
      seen.push(invocation.kwargs.input);
      return completes(invocation, context);
    });
    const thread_id = await aThread(ports);
    const input = { text: randomBytes(INPUT_INLINE_BYTES).toString("hex") };
    let first = "";
    const create: typeof ports.runs.create = async (transaction) => {
      const result = await ports.runs.create(transaction);
      if (first) return result;
      first = transaction.run.run_id;
      const deleting = deleteThread(ports, thread_id);
      await handleMessage(ports, transaction.run, host);
      await deleting;
      throw new Unclear("no answer");
    };

    const run = await created({ ...ports, runs: { ...ports.runs, create } }, thread_id, {
      input,
      if_not_exists: "create",
    });
    seen.length = 0;
    await handleMessage(ports, run, host);

    expect(run.run_id).not.toBe(first);
    expect(seen).toEqual([input]);
    expect(await statusOf(ports, run)).toBe("success");
  });

  it("leaves no delayed run that the next life of the thread would take for its own", async () => {
    const ports = corePorts(table, completes);
    const thread_id = await aThread(ports);
    const delayed = await created(ports, thread_id, { after_seconds: 1 });
    const { run } = await ports.runs.load(delayed);
    await deleteThread(ports, thread_id);
    await created(ports, thread_id, { if_not_exists: "create" });
    ports.advance(1_001);
    // The deletion has not come to this row yet.
    const load: typeof ports.runs.load = async (...args) => ({ ...(await ports.runs.load(...args)), run });

    const admitted = await admitDelayed({ ...ports, runs: { ...ports.runs, load } }, delayed);

    expect(admitted).toBe("not_due");
    expect((await ports.threads.get(thread_id))?.active_run).not.toBe(delayed.run_id);
  });

  it.each([
    ["whose end can never be written", (ports: CorePorts) => ({ runs: { ...ports.runs, finish: refuse } })],
    ["whose row is not there", (ports: CorePorts) => ({ runs: { ...ports.runs, load: noRow } })],
  ])("R5: of a thread with an active run %s gives up and says so", async (_what, change) => {
    const ports = corePorts(table, completes);
    const thread_id = await aThread(ports);
    await created(ports, thread_id);
    const sleep: typeof ports.clock.sleep = async (ms) => ports.advance(ms);

    const deleted = await deleteThread({ ...ports, ...change(ports), clock: { ...ports.clock, sleep } }, thread_id);

    expect(deleted).toBe("not_ended");
    expect(await ports.threads.get(thread_id)).toMatchObject({ deleted: false });
  });

  it("R5: removes runs whose rows are spoilt, with their inputs; until then a list leaves them out and says so", async () => {
    const logger = silentLogger();
    const ports = { ...corePorts(table, completes), logger };
    const thread_id = await aThread(ports);
    const fits = await finished(ports, thread_id);
    const spoilt = await finished(ports, thread_id);
    const Key = runKey(thread_id, spoilt.run_id);
    const change = {
      UpdateExpression: "SET epoch = :no, input_parts = :no",
      ExpressionAttributeValues: { ":no": "no" },
    };
    await table.client.send(new UpdateCommand({ TableName: table.table, Key, ...change }));

    const listed = await listRuns(ports, thread_id, { limit: 10, offset: 0 });

    expect(listed?.map(({ run_id }) => run_id)).toEqual([fits.run_id]);
    expect(logger.lines.filter(({ level }) => level === "error")).toMatchObject([
      { message: "a run is left out of a list", fields: { thread_id } },
    ]);

    expect(await deleteThread(ports, thread_id)).toBe("deleted");

    expect(await ports.runs.list(thread_id)).toEqual([]);
    expect(await ports.inputs.get(spoilt.run_id, 1)).toBeUndefined();
  });
});
