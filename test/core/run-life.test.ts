/** A run's life over the real storage: named as transitions, with the races that must not happen. */
import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { cancelRun } from "../../functions/core/run/end/cancel-run.ts";
import { claimRun } from "../../functions/core/run/execute/claim-run.ts";
import type { RunOutcome } from "../../functions/core/run/execute/engine-port.ts";
import { executeRun } from "../../functions/core/run/execute/execute-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { LEASE, REDRIVE_AFTER_LEASE, redriveAfter } from "../../functions/core/run/timings.ts";
import { sweep } from "../../functions/core/sweep.ts";
import { deleteThread } from "../../functions/core/thread/delete-thread.ts";
import { aThread, corePorts, type Script } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { completed, created, hello, host, names, readAll, statusOf } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

/** A run that is cancelled while its graph is at work, and has ended. */
async function cancelledWhile(script: Script) {
  const started = Promise.withResolvers<void>();
  const ports = corePorts(table, (...args) => {
    started.resolve();
    return script(...args);
  });
  const run = await created(ports, await aThread(ports));
  const working = handleMessage(ports, run, host);
  await started.promise;
  await cancelRun(ports, run, "interrupt");
  await working;
  return { ports, run };
}

describe("a run", () => {
  it("created → claimed → finished: metadata, its events, the end; row, thread and log agree", async () => {
    const ports = corePorts(table, hello);
    const thread_id = await aThread(ports);

    const run = await created(ports, thread_id);
    const executed = await handleMessage(ports, run, host);

    const { events, end } = await readAll(ports, run);
    expect(executed).toBe("finished");
    expect(names(events)).toEqual([`metadata {"run_id":"${run.run_id}","attempt":1}`, 'custom "attempt 1"']);
    expect(end).toEqual({ kind: "ended", status: "success" });
    expect(await statusOf(ports, run)).toBe("success");
    expect(await ports.threads.get(thread_id)).toMatchObject({
      status: "idle",
      active_run: null,
      queue: [],
      log_tail: 2,
    });
    expect(ports.sent).toEqual([{ thread_id, run_id: run.run_id }]);
  });

  it("delivered twice at once: one worker runs it", async () => {
    let runs = 0;
    const ports = corePorts(table, (...args) => {
      runs++;
      return hello(...args);
    });
    const run = await created(ports, await aThread(ports));

    const results = await Promise.all([1, 2, 3].map(() => handleMessage(ports, run, host)));

    expect(results.toSorted()).toEqual(["finished", "held", "held"]);
    expect(runs).toBe(1);
    expect(await handleMessage(ports, run, host)).toBe("held");
  });

  it("crashed after its claim → claimed again once the lease has run out: attempt 2 in the same stream", async () => {
    const ports = corePorts(table, hello);
    const run = await created(ports, await aThread(ports));
    expect((await claimRun(ports, run, { purpose: "run" })).kind).toBe("claimed");
    expect((await claimRun(ports, run, { purpose: "run" })).kind).toBe("held");

    ports.advance(LEASE + 1);
    await handleMessage(ports, run, host);

    const { events } = await readAll(ports, run);
    expect(names(events)).toEqual([
      `metadata {"run_id":"${run.run_id}","attempt":1}`,
      `metadata {"run_id":"${run.run_id}","attempt":2}`,
      'custom "attempt 2"',
    ]);
  });

  it("frozen past its lease and thawed: fenced, nothing of it becomes visible", async () => {
    const ports = corePorts(table, hello);
    const run = await created(ports, await aThread(ports));
    const first = await claimRun(ports, run, { purpose: "run" });
    if (first.kind !== "claimed") throw new Error(first.kind);
    ports.advance(LEASE + 1);
    await handleMessage(ports, run, host);

    const thawed = await executeRun(ports, first.claim, host);

    const { events } = await readAll(ports, run);
    expect(thawed).toBe("lost");
    expect(events.map(({ data }) => data)).not.toContain('"attempt 1"');
    expect(await statusOf(ports, run)).toBe("success");
  });

  it("started three times without progress → error at the fourth, thread free, readers end", async () => {
    const ports = corePorts(table, hello);
    const thread_id = await aThread(ports);
    const run = await created(ports, thread_id);
    for (let n = 0; n < 3; n++) {
      expect((await claimRun(ports, run, { purpose: "run" })).kind).toBe("claimed");
      ports.advance(LEASE + 1);
    }

    await handleMessage(ports, run, host);

    const { events, end } = await readAll(ports, run);
    expect(end).toEqual({ kind: "ended", status: "error" });
    expect(JSON.parse(events.at(-1)?.data ?? "")).toMatchObject({ error: "RunLost" });
    expect(await ports.threads.get(thread_id)).toMatchObject({ status: "error", active_run: null });
  });

  it("cancelled while it waits: interrupted by row and queue alone, nothing in the log", async () => {
    const ports = corePorts(table, hello);
    const thread_id = await aThread(ports);
    await created(ports, thread_id);
    const second = await created(ports, thread_id);

    const result = await cancelRun(ports, second, "interrupt");

    expect(result).toBe("requested");
    expect((await readAll(ports, second)).end).toEqual({ kind: "ended", status: "interrupted" });
    expect(await ports.threads.get(thread_id)).toMatchObject({ queue: [], status: "busy" });
    expect(await ports.log.tail(thread_id)).toBe(1);
  });

  it("cancelled before its claim: ended here; cancelled again: no-op", async () => {
    const ports = corePorts(table, hello);
    const thread_id = await aThread(ports);
    const run = await created(ports, thread_id);

    const results = [await cancelRun(ports, run, "interrupt"), await cancelRun(ports, run, "interrupt")];

    expect(results).toEqual(["requested", "finished"]);
    expect(await statusOf(ports, run)).toBe("interrupted");
    expect(await ports.threads.get(thread_id)).toMatchObject({ status: "idle", active_run: null });
    expect(await handleMessage(ports, run, host)).toBe("held");
  });

  it("cancelled while it runs: the signal aborts, an accepted cancel is never a success", async () => {
    const { ports, run } = await cancelledWhile(async (_invocation, { signal }) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return completed;
    });

    expect(await statusOf(ports, run)).toBe("interrupted");
  });

  it("cancelled before its graph has saved anything, and the graph does not listen: its thread has nothing to go on from", async () => {
    const { ports, run } = await cancelledWhile(() => Promise.withResolvers<RunOutcome>().promise);

    expect(await statusOf(ports, run)).toBe("interrupted");
    expect(await ports.threads.get(run.thread_id)).toMatchObject({ status: "idle", active_run: null });
  });

  it("its thread is deleted: the tombstone keeps the log's tail, and a re-created id goes on from it", async () => {
    const ports = corePorts(table, hello);
    const thread_id = await aThread(ports);
    const run = await created(ports, thread_id);

    const deleted = await deleteThread(ports, thread_id);
    const again = await created(ports, thread_id, { if_not_exists: "create" });
    await handleMessage(ports, again, host);

    expect(deleted).toBe("deleted");
    expect((await readAll(ports, run)).end).toEqual({ kind: "gone" });
    expect(again.log_start).toBe(3);
    expect((await readAll(ports, again)).end).toEqual({ kind: "ended", status: "success" });
    expect(await deleteThread(ports, "00000000-0000-4000-8000-000000000000")).toBe("not_found");
  });

  it("its send was lost: the sweep sends it again, by the throttled rhythm", async () => {
    const ports = corePorts(table, hello);
    const run = await created(ports, await aThread(ports));
    ports.sent.length = 0;
    const mine = () => ports.sent.filter(({ run_id }) => run_id === run.run_id).length;

    await sweep(ports);
    expect(mine()).toBe(0);
    ports.advance(redriveAfter(1) + 1);
    await Promise.all([sweep(ports), sweep(ports)]);

    expect(mine()).toBe(1);
  });

  it("its worker died: a reader sends it again once the lease has run out", async () => {
    const ports = corePorts(table, hello);
    const run = await created(ports, await aThread(ports));
    await claimRun(ports, run, { purpose: "run" });
    ports.sent.length = 0;
    ports.advance(LEASE + REDRIVE_AFTER_LEASE + 1);

    const reading = readAll(ports, run);
    await expect.poll(() => ports.sent).toHaveLength(1);
    await handleMessage(ports, run, host);

    expect((await reading).end).toEqual({ kind: "ended", status: "success" });
  });

  it("handed over: the next claim goes on as the same attempt, behind a hidden fence", async () => {
    const drained: RunOutcome = { kind: "drained" };
    let invocations = 0;
    const ports = corePorts(table, (invocation, context) => {
      invocations++;
      return invocations === 1 ? Promise.resolve(drained) : hello(invocation, context);
    });
    const run = await created(ports, await aThread(ports));

    expect(await handleMessage(ports, run, host)).toBe("handed_over");
    expect(await handleMessage(ports, ports.sent[1] ?? run, host)).toBe("finished");

    const { events } = await readAll(ports, run);
    expect(names(events)).toEqual([`metadata {"run_id":"${run.run_id}","attempt":1}`, 'custom "attempt 1"']);
  });

  it("stateless: its thread is a tombstone at the end, its stream can be read", async () => {
    const ports = corePorts(table, hello);

    const run = await created(ports, null);
    await handleMessage(ports, run, host);

    expect(await ports.threads.get(run.thread_id)).toMatchObject({ deleted: true });
    expect((await readAll(ports, run)).events).toHaveLength(2);
    expect(await ports.runs.threadOf(run.run_id)).toBe(run.thread_id);
  });

  it("whose graph throws: event error as the last, status error", async () => {
    const ports = corePorts(table, () => Promise.reject(new TypeError("no such thing")));
    const thread_id = await aThread(ports);
    const run = await created(ports, thread_id);

    await handleMessage(ports, run, host);

    const { events, end } = await readAll(ports, run);
    expect(events.at(-1)).toMatchObject({ event: "error", data: '{"error":"TypeError","message":"no such thing"}' });
    expect(end).toEqual({ kind: "ended", status: "error" });
    expect(await ports.threads.get(thread_id)).toMatchObject({ status: "error" });
  });

  it("stateless: whatever it leaves behind expires, on a thread nothing does", async () => {
    const value = { type: "json", elements: [Buffer.from(JSON.stringify("x".repeat(2_000)))] };
    const ports = corePorts(table, async ({ thread_id, claim }, { checkpoints }) => {
      const at = { thread_id, ns: "", checkpoint_id: "1", claim };
      await checkpoints.putHead({ ...at, metadata: {}, checkpoint: value, channels: { a: value } });
      await checkpoints.putWrites({ ...at, task_id: "t", task_path: "", writes: [{ index: 0, channel: "a", value }] });
      return completed;
    });
    const runs = [await created(ports, null), await created(ports, await aThread(ports))];
    for (const run of runs) await handleMessage(ports, run, host);

    const left = await Promise.all(
      runs.map(({ thread_id, run_id }) =>
        itemsOf(table, [`T#${thread_id}`, `L#${thread_id}`, `C#${thread_id}`, `I#${run_id}`, `P#${run_id}`]),
      ),
    );

    const kinds = (items: Record<string, unknown>[]) => items.map(({ pk, sk }) => `${String(pk)[0]}${String(sk)[0]}`);
    expect(new Set(kinds(left[0] ?? []))).toEqual(new Set(["TA", "TR", "L0", "CH", "CS", "CW", "CE", "I0", "PA"]));
    expect(left[0]?.filter(({ ttl }) => ttl === undefined)).toEqual([]);
    expect(new Set(kinds(left[1]?.filter(({ ttl }) => ttl !== undefined) ?? []))).toEqual(new Set(["L0"]));
  });
});

async function itemsOf({ client, table: TableName }: TestTable, partitions: string[]) {
  const pages = partitions.map(async (pk) => {
    const query = { TableName, KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: { ":pk": pk } };
    return (await client.send(new QueryCommand(query))).Items ?? [];
  });
  return (await Promise.all(pages)).flat();
}
