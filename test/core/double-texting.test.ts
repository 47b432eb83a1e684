/** Several runs on a thread: order, strategies, delays, and the same request twice. */
import { Unclear } from "../../functions/core/failure/failure.ts";
import { createRun } from "../../functions/core/run/create/create-run.ts";
import { cancelRun } from "../../functions/core/run/end/cancel-run.ts";
import { claimRun } from "../../functions/core/run/execute/claim-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { sweep } from "../../functions/core/sweep.ts";
import { aThread, corePorts, runBody } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { completed, created, hello, host, readAll, statusOf } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

describe("a run on a thread with others", () => {
  it("waits in the queue in the order of creation, and is made active by the finish before it", async () => {
    const ports = corePorts(table, hello);
    const thread_id = await aThread(ports);
    const runs = [await created(ports, thread_id), await created(ports, thread_id), await created(ports, thread_id)];
    expect(await handleMessage(ports, { thread_id, run_id: runs[1]?.run_id ?? "" }, host)).toBe("held");

    for (let n = 0; n < 3; n++) await handleMessage(ports, ports.sent[n] ?? { thread_id, run_id: "" }, host);

    expect(ports.sent.map(({ run_id }) => run_id)).toEqual(runs.map(({ run_id }) => run_id));
    const slots = await ports.log.read(thread_id, 0);
    expect(slots.map(({ slot }) => slot)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(slots.map(({ run_id }) => runs.findIndex((run) => run.run_id === run_id))).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it("twenty created at once: all accepted, one active, each in the queue once", async () => {
    const ports = corePorts(table, hello);
    const thread_id = await aThread(ports);

    const runs = await Promise.all(Array.from({ length: 20 }, () => created(ports, thread_id)));

    const thread = await ports.threads.get(thread_id);
    const known = [thread?.active_run, ...(thread?.queue ?? [])];
    expect(new Set(known)).toEqual(new Set(runs.map(({ run_id }) => run_id)));
    expect(known).toHaveLength(20);
    expect(runs.filter(({ log_start }) => log_start !== undefined)).toHaveLength(1);
  });

  it("superseded after it was asked to roll back: the first intent stays", async () => {
    const ports = corePorts(table, hello);
    const thread_id = await aThread(ports);
    const run = await created(ports, thread_id);
    await claimRun(ports, run, { purpose: "run" });
    await cancelRun(ports, run, "rollback");

    await created(ports, thread_id, { multitask_strategy: "interrupt" });

    expect((await ports.runs.get(run))?.cancel).toBe("rollback");
  });

  it.each(["interrupt", "rollback"] as const)(
    "superseded by %s: the active one stops, those that wait end, it runs next",
    async (strategy) => {
      const started = Promise.withResolvers<void>();
      const ports = corePorts(table, async (invocation, context) => {
        if (invocation.attempt === 1 && ports.sent.length === 1) {
          started.resolve();
          await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
          return completed;
        }
        return hello(invocation, context);
      });
      const thread_id = await aThread(ports);
      const active = await created(ports, thread_id);
      const working = handleMessage(ports, active, host);
      await started.promise;
      const waiting = await created(ports, thread_id);

      const next = await created(ports, thread_id, { multitask_strategy: strategy });
      await working;
      await handleMessage(ports, next, host);

      const ended = strategy === "rollback" ? "rolled_back" : "interrupted";
      expect(await Promise.all([active, waiting, next].map((run) => statusOf(ports, run)))).toEqual([
        ended,
        ended,
        "success",
      ]);
      expect(await ports.threads.get(thread_id)).toMatchObject({ active_run: null, queue: [], status: "idle" });
    },
  );

  it.each(["interrupt", "rollback", "reject"] as const)(
    "twenty created at once with %s: one is left",
    async (strategy) => {
      const ports = corePorts(table, hello);
      const thread_id = await aThread(ports);

      const body = runBody({ multitask_strategy: strategy });
      const results = await Promise.all(Array.from({ length: 20 }, () => createRun(ports, { thread_id, body })));
      for (let n = 0; n < ports.sent.length; n++)
        await handleMessage(ports, ports.sent[n] ?? { thread_id, run_id: "" }, host);

      const runs = await ports.runs.list(thread_id);
      expect(results.filter(({ kind }) => kind === "created")).toHaveLength(strategy === "reject" ? 1 : 20);
      expect(runs.filter(({ status }) => status === "success")).toHaveLength(1);
      expect(runs.filter(({ status }) => status === "pending" || status === "running")).toEqual([]);
    },
  );

  it.each([
    [true, "interrupted"],
    [false, "success"],
  ])("behind one that only its watcher keeps alive, disconnects unseen: %s → that one is %s", async (blind, status) => {
    const started = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const ports = corePorts(table, async (invocation, context) => {
      if (invocation.run_id !== watched.run_id) return hello(invocation, context);
      started.resolve();
      await Promise.race([goOn.promise, new Promise((resolve) => context.signal.addEventListener("abort", resolve))]);
      return completed;
    });
    const thread_id = await aThread(ports);
    const watched = await created(ports, thread_id, { on_disconnect: "cancel" });
    const working = handleMessage(ports, watched, host);
    await started.promise;

    const next = await createRun(ports, { thread_id, body: runBody(), ...(blind && { abandoned: "unseen" }) });
    const cancel = (await ports.runs.get(watched))?.cancel;
    if (!blind) goOn.resolve();
    await working;
    await handleMessage(ports, ports.sent.at(-1) ?? watched, host);

    expect(next.kind).toBe("created");
    expect(cancel).toBe(blind ? "interrupt" : undefined);
    expect(await statusOf(ports, watched)).toBe(status);
    expect((await ports.runs.list(thread_id)).find(({ run_id }) => run_id !== watched.run_id)?.status).toBe("success");
  });

  it("behind one that goes on without watchers, disconnects unseen: it waits", async () => {
    const ports = corePorts(table, hello);
    const thread_id = await aThread(ports);
    const before = await created(ports, thread_id);

    await createRun(ports, { thread_id, body: runBody(), abandoned: "unseen" });

    expect(await ports.runs.get(before)).not.toHaveProperty("cancel");
    expect((await ports.threads.get(thread_id))?.queue).toHaveLength(1);
  });

  it("delayed: blocks nothing meanwhile, takes its place when its time has come", async () => {
    const ports = corePorts(table, hello);
    const thread_id = await aThread(ports);

    const delayed = await created(ports, thread_id, { after_seconds: 3600 });
    const other = await created(ports, thread_id);
    expect(await handleMessage(ports, delayed, host)).toBe("held");
    expect(await handleMessage(ports, other, host)).toBe("finished");
    ports.sent.length = 0;
    ports.advance(3_600_001);
    await sweep(ports);

    // The sweep finds what other tests have left in the table, too.
    const sent = ports.sent.filter((ref) => ref.thread_id === thread_id);
    expect(sent).toEqual([{ thread_id, run_id: delayed.run_id }]);
    expect(await handleMessage(ports, delayed, host)).toBe("finished");
    expect((await readAll(ports, delayed)).end).toEqual({ kind: "ended", status: "success" });
  });

  it.each(["interrupt", "rollback"] as const)(
    "delayed, %s: takes the place of all others when its time has come",
    async (strategy) => {
      const started = Promise.withResolvers<void>();
      const ports = corePorts(table, async (invocation, context) => {
        if (invocation.run_id !== active.run_id) return hello(invocation, context);
        started.resolve();
        await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
        return { kind: "aborted", unfinished: false, interrupts: {} };
      });
      const thread_id = await aThread(ports);
      const delayed = await created(ports, thread_id, { after_seconds: 5, multitask_strategy: strategy });
      const active = await created(ports, thread_id);
      const working = handleMessage(ports, active, host);
      await started.promise;
      const waiting = await created(ports, thread_id);
      ports.advance(6_000);

      expect(await handleMessage(ports, delayed, host)).toBe("held");
      await working;
      await handleMessage(ports, delayed, host);

      const ended = strategy === "rollback" ? "rolled_back" : "interrupted";
      expect(await Promise.all([active, waiting, delayed].map((run) => statusOf(ports, run)))).toEqual([
        ended,
        ended,
        "success",
      ]);
    },
  );

  it("delayed and cancelled, but not ended yet: takes nobody's place", async () => {
    const ports = corePorts(table, hello);
    const thread_id = await aThread(ports);
    const delayed = await created(ports, thread_id, { after_seconds: 5, multitask_strategy: "interrupt" });
    await ports.runs.requestCancel(delayed, "interrupt");
    const other = await created(ports, thread_id);
    ports.advance(6_000);

    await handleMessage(ports, delayed, host);
    await handleMessage(ports, other, host);
    await handleMessage(ports, delayed, host);

    expect(await Promise.all([other, delayed].map((run) => statusOf(ports, run)))).toEqual(["success", "interrupted"]);
  });

  it("delayed and cancelled: ends without ever starting", async () => {
    const ports = corePorts(table, hello);
    const thread_id = await aThread(ports);
    const delayed = await created(ports, thread_id, { after_seconds: 5 });

    await cancelRun(ports, delayed, "interrupt");
    ports.advance(6_000);

    expect(await handleMessage(ports, delayed, host)).toBe("held");
    expect(await statusOf(ports, delayed)).toBe("interrupted");
    expect(await ports.threads.get(thread_id)).toMatchObject({ status: "idle" });
  });

  it("created again with its idempotency key: the same run; with another body: refused; after a day: a new one", async () => {
    const ports = corePorts(table, hello);
    const thread_id = await aThread(ports);
    const request = { thread_id, body: runBody({ input: { a: 1 } }), key: `key of ${thread_id}` };

    const results = await Promise.all([1, 2, 3].map(() => createRun(ports, request)));
    const other = await createRun(ports, { ...request, body: runBody({ input: { a: 2 } }) });
    ports.advance(25 * 3_600_000);
    const later = await createRun(ports, request);

    const ids = results.map((result) => (result.kind === "created" ? result.run.run_id : result.kind));
    expect(new Set(ids).size).toBe(1);
    expect(other.kind).toBe("key_reused");
    expect(later).toMatchObject({ kind: "created" });
    expect(await ports.runs.list(thread_id)).toHaveLength(2);
  });
});

describe("a create whose first try gets no answer and arrives after the next has begun", () => {
  it.each(["enqueue", "reject", "interrupt", "rollback"] as const)(
    "%s: one run, which neither refuses nor supersedes itself",
    async (multitask_strategy) => {
      const ports = corePorts(table, hello);
      const thread_id = await aThread(ports);
      let tries = 0;
      let arrive: (() => Promise<unknown>) | undefined;
      const create: typeof ports.runs.create = async (transaction) => {
        if (tries++ > 0) return ports.runs.create(transaction);
        arrive = () => ports.runs.create(transaction);
        throw new Unclear("no answer");
      };
      const get: typeof ports.threads.get = async (id) => {
        await arrive?.();
        arrive = undefined;
        return ports.threads.get(id);
      };
      const late = { ...ports, runs: { ...ports.runs, create }, threads: { ...ports.threads, get } };

      const result = await createRun(late, { thread_id, body: runBody({ multitask_strategy }) });

      if (result.kind !== "created") throw new Error(`${result.kind}: ${result.detail}`);
      const thread = await ports.threads.get(thread_id);
      expect([thread?.active_run, thread?.queue]).toEqual([result.run.run_id, []]);
      expect((await ports.runs.get(result.run))?.cancel).toBeUndefined();
      await handleMessage(ports, result.run, host);
      expect(await statusOf(ports, result.run)).toBe("success");
    },
  );
});
