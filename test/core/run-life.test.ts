/** A run's life over the real storage: named as transitions, with the races that must not happen. */
import { randomBytes } from "node:crypto";
import { cancelRun } from "../../functions/core/cancel-run.ts";
import { claimRun } from "../../functions/core/claim-run.ts";
import { createRun } from "../../functions/core/create-run.ts";
import { type Cursor, parseCursor } from "../../functions/core/cursor.ts";
import { deleteThread } from "../../functions/core/delete-thread.ts";
import { executeRun } from "../../functions/core/execute-run.ts";
import { sweep } from "../../functions/core/recover-runs.ts";
import type { RunOutcome } from "../../functions/core/ports.ts";
import type { RunRef } from "../../functions/core/rows.ts";
import { LEASE, NUDGE_AFTER_LEASE, nudgeAfter } from "../../functions/core/timings.ts";
import { patchThread } from "../../functions/core/threads.ts";
import { tailRun, type TailEvent } from "../../functions/core/tail-log.ts";
import { handleMessage } from "../../functions/core/work.ts";
import { type CorePorts, aThread, corePorts, runBody, type Script } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

const host = { drain: new AbortController().signal };
const completed: RunOutcome = { kind: "completed" };

/** Emits its attempt and ends. */
const hello: Script = ({ attempt }, { sink }) => {
  sink.emit({ event: "custom", data: JSON.stringify(`attempt ${attempt}`) }, "token");
  return Promise.resolve(completed);
};

async function created(ports: CorePorts, thread_id: string | null, fields: object = {}) {
  const result = await createRun(ports, { thread_id, body: runBody(fields) });
  if (result.kind !== "created") throw new Error(`${result.kind}: ${result.detail}`);
  return result.run;
}

async function readAll(ports: CorePorts, ref: RunRef, cursor: Cursor = { kind: "start" }) {
  const events: TailEvent[] = [];
  const tail = tailRun(ports, ref, { cursor });
  for (;;) {
    const step = await tail.next();
    if (step.done) return { events, end: step.value };
    events.push(...step.value.events);
  }
}

const statusOf = async (ports: CorePorts, ref: RunRef) => (await ports.runs.get(ref))?.status;
const names = (events: TailEvent[]) => events.map(({ event, data }) => `${event} ${data}`);

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
    const started = Promise.withResolvers<void>();
    const ports = corePorts(table, async (_invocation, { signal }) => {
      started.resolve();
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return completed;
    });
    const run = await created(ports, await aThread(ports));
    const working = handleMessage(ports, run, host);
    await started.promise;

    await cancelRun(ports, run, "interrupt");
    await working;

    expect(await statusOf(ports, run)).toBe("interrupted");
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

  it("delayed: blocks nothing meanwhile, takes its place when its time has come", async () => {
    const ports = corePorts(table, hello);
    const thread_id = await aThread(ports);

    const delayed = await created(ports, thread_id, { after_seconds: 3600 });
    const other = await created(ports, thread_id);
    expect(await handleMessage(ports, delayed, host)).toBe("held");
    expect(await handleMessage(ports, other, host)).toBe("finished");
    ports.advance(3_600_001);
    await sweep(ports);

    expect(ports.sent.at(-1)).toEqual({ thread_id, run_id: delayed.run_id });
    expect(await handleMessage(ports, delayed, host)).toBe("finished");
    expect((await readAll(ports, delayed)).end).toEqual({ kind: "ended", status: "success" });
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

  it("its send was lost: the sweep sends it again, by the throttled rhythm", async () => {
    const ports = corePorts(table, hello);
    const run = await created(ports, await aThread(ports));
    ports.sent.length = 0;
    const mine = () => ports.sent.filter(({ run_id }) => run_id === run.run_id).length;

    await sweep(ports);
    expect(mine()).toBe(0);
    ports.advance(nudgeAfter(1) + 1);
    await Promise.all([sweep(ports), sweep(ports)]);

    expect(mine()).toBe(1);
  });

  it("its worker died: a reader sends it again once the lease has run out", async () => {
    const ports = corePorts(table, hello);
    const run = await created(ports, await aThread(ports));
    await claimRun(ports, run, { purpose: "run" });
    ports.sent.length = 0;
    ports.advance(LEASE + NUDGE_AFTER_LEASE + 1);

    const reading = readAll(ports, run);
    await vi.waitFor(() => expect(ports.sent).toHaveLength(1), { timeout: 10_000 });
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

  it("one event of a megabyte that does not compress goes through several slots and arrives whole", async () => {
    const data = JSON.stringify(randomBytes(800_000).toString("base64"));
    const ports = corePorts(table, (_invocation, { sink }) => {
      sink.emit({ event: "custom", data }, "structural");
      sink.emit({ event: "updates", data }, "held");
      return Promise.resolve(completed);
    });
    const run = await created(ports, await aThread(ports));

    await handleMessage(ports, run, host);

    const { events } = await readAll(ports, run);
    expect(events.map(({ event }) => event)).toEqual(["metadata", "custom", "updates"]);
    expect(events[1]?.data === data && events[2]?.data === data).toBe(true);
    for (const [n, { id }] of events.entries())
      expect((await readAll(ports, run, parseCursor(id))).events).toEqual(events.slice(n + 1));
  });

  it("whose thread changes while its last events are cut into parts: finished all the same", async () => {
    const data = JSON.stringify(randomBytes(800_000).toString("base64"));
    const ports = corePorts(table, async ({ thread_id }, { sink }) => {
      sink.emit({ event: "updates", data }, "held");
      await patchThread(ports, thread_id, { metadata: { changed: true }, ttl: undefined });
      return completed;
    });
    const run = await created(ports, await aThread(ports));

    expect(await handleMessage(ports, run, host)).toBe("finished");

    expect((await readAll(ports, run)).events.at(-1)?.data === data).toBe(true);
    expect((await ports.threads.get(run.thread_id))?.metadata).toMatchObject({ changed: true });
  });

  it("whose batch of large events is cut into parts can be resumed from within", async () => {
    const large = () => JSON.stringify(randomBytes(180_000).toString("base64"));
    const ports = corePorts(table, (_invocation, { sink }) => {
      for (let n = 0; n < 4; n++) sink.emit({ event: "custom", data: large() }, "token");
      return Promise.resolve(completed);
    });
    const run = await created(ports, await aThread(ports));
    await handleMessage(ports, run, host);

    const { events } = await readAll(ports, run);

    expect(events).toHaveLength(5);
    for (const [n, { id }] of events.entries())
      expect((await readAll(ports, run, parseCursor(id))).events).toEqual(events.slice(n + 1));
  });
});
