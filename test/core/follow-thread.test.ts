/** Readers of a thread's stream: the same events from every position, over runs, attempts and deletions. */
import { createRun } from "../../functions/core/run/create/create-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { deleteThread } from "../../functions/core/thread/delete-thread.ts";
import { tailThread } from "../../functions/core/log/tail-thread.ts";
import { followThread, type ThreadReader } from "../../functions/core/stream/follow-thread.ts";
import { startRun } from "../../functions/core/stream/start-run.ts";
import type { RunRef } from "../../functions/core/run/run-row.ts";
import { LEASE } from "../../functions/core/run/timings.ts";
import { RunStart } from "../../functions/protocol/thread-stream.ts";
import { aThread, type CorePorts, corePorts, runBody, type Script } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { completed, created, host } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

const CHANNELS = ["lifecycle", "custom", "messages", "tasks", "values"];

/** Says something in several slots, below a node, too. */
const talks: Script = async (_, { sink }) => {
  for (let n = 0; n < 3; n++) {
    sink.emit({ event: "custom|node:1", data: JSON.stringify({ n }) }, "structural");
    const tuple = [{ type: "ai", id: "m", content: `${n} ` }, { langgraph_checkpoint_ns: "node:1" }];
    sink.emit({ event: "messages", data: JSON.stringify(tuple) }, "structural");
    await new Promise((resolve) => setTimeout(resolve));
  }
  sink.emit({ event: "tasks", data: JSON.stringify({ id: "1", name: "node", result: {}, error: null }) }, "structural");
  return completed;
};

interface Told {
  event_id: string;
  seq: number;
  data: string;
}

/** Reads up to the `count`-th end of a run. @param told what it has read so far */
async function read(
  ports: CorePorts,
  reader: Pick<ThreadReader, "thread_id"> & Partial<ThreadReader>,
  count = 1,
  told: Told[] = [],
): Promise<Told[]> {
  const leave = new AbortController();
  let ends = 0;
  const whole = {
    filter: { channels: CHANNELS },
    since: undefined,
    reader: "other" as const,
    replay: "newest" as const,
    ...reader,
  };
  for await (const events of followThread(ports, whole, leave.signal)) {
    for (const { event_id, seq, data } of events) {
      told.push({ event_id, seq, data: data() });
      if (/\|\|(completed|failed|interrupted)$/.test(event_id) && ++ends === count) leave.abort();
    }
    if (leave.signal.aborted) break;
  }
  return told;
}

const aRun = async (ports: CorePorts, thread_id: string) => {
  const run = await created(ports, thread_id);
  await handleMessage(ports, run, host);
  return run;
};

test("from every position the rest is the same, over two runs", async () => {
  const ports = corePorts(table, talks);
  const thread_id = await aThread(ports);
  await aRun(ports, thread_id);
  await aRun(ports, thread_id);
  const all = await read(ports, { thread_id, since: 0 }, 2);
  const second = all.findIndex(({ event_id }, i) => i > 0 && event_id.endsWith("running"));

  expect(all.length).toBeGreaterThan(20);
  expect(await read(ports, { thread_id })).toEqual(all.slice(second));
  expect(await read(ports, { thread_id, replay: "all" }, 2)).toEqual(all);
  for (const [n, { seq }] of all.slice(0, -1).entries())
    expect(await read(ports, { thread_id, since: seq }, n < second - 1 ? 2 : 1)).toEqual(all.slice(n + 1));
});

test("starting a run reads its thread once, following it reads the run once", async () => {
  const ports = corePorts(table, talks);
  const reads: string[] = [];
  const counted = {
    ...ports,
    threads: { ...ports.threads, get: (id: string) => (reads.push("thread"), ports.threads.get(id)) },
    runs: { ...ports.runs, get: (ref: RunRef) => (reads.push("run"), ports.runs.get(ref)) },
  };
  const thread_id = ports.ids.uuid7();
  const asked = { thread_id, headers: {}, command: {} };
  const input = RunStart.parse({ assistant_id: "scripted", input: {} });
  const result = await startRun(counted, asked, input);
  expect(reads).toEqual(["thread"]);

  if (result.kind !== "started") throw new Error(result.kind);
  reads.length = 0;
  await handleMessage(ports, result.run, host);
  const told = await read(counted, { thread_id });
  expect(told.at(-1)?.event_id).toBe(`synth:${result.run.run_id}:lc||completed`);
  expect(reads).toEqual(["thread", "run"]);
});

test("a position beyond the end waits for what comes", async () => {
  const ports = corePorts(table, talks);
  const thread_id = await aThread(ports);
  await aRun(ports, thread_id);

  const waits = Promise.withResolvers<void>();
  const changed: typeof ports.log.changed = (...args) => {
    waits.resolve();
    return ports.log.changed(...args);
  };
  const waiting = { ...ports, log: { ...ports.log, changed } };
  const reading = read(waiting, { thread_id, since: Number.MAX_SAFE_INTEGER });
  await waits.promise;
  const next = await created(ports, thread_id);
  await handleMessage(ports, next, host);

  expect((await reading)[0]?.event_id).toBe(`synth:${next.run_id}:lc||running`);
});

test("a worker that dies in mid-run: its run is sent again by the reader, begins anew, and ends once", async () => {
  let deaths = 1;
  const ports = corePorts(table, (invocation, context) =>
    deaths-- > 0 ? new Promise(() => undefined) : talks(invocation, context),
  );
  const thread_id = await aThread(ports);
  const run = await created(ports, thread_id);
  ports.sent.length = 0;
  const stopped = new AbortController();
  const died = handleMessage({ ...ports, runs: { ...ports.runs, extend: async () => "lost" } }, run, {
    ...host,
    stopping: stopped.signal,
  });

  const reading = read(ports, { thread_id });
  await expect.poll(async () => (await ports.runs.get(run))?.status).toBe("running");
  ports.advance(2 * LEASE);
  await died;
  await expect.poll(() => ports.sent).toHaveLength(1);
  await handleMessage(ports, run, host);

  const lifecycle = (await reading).filter(({ event_id }) => event_id.startsWith("synth:"));
  expect(lifecycle.map(({ event_id }) => event_id)).toEqual([
    `synth:${run.run_id}:lc||running`,
    `synth:${run.run_id}:lc||running:2`,
    `synth:${run.run_id}:lc||completed`,
  ]);
});

test("a thread that is made while its reader waits, and made again after it was deleted", async () => {
  const ports = corePorts(table, talks);
  const thread_id = crypto.randomUUID();
  const body = runBody({ if_not_exists: "create" });
  const told: Told[] = [];
  const reading = read(ports, { thread_id }, 2, told);
  const start = async () => {
    const result = await createRun(ports, { thread_id, body });
    if (result.kind !== "created") throw new Error(result.kind);
    await handleMessage(ports, result.run, host);
    return result.run.run_id;
  };

  const first = await start();
  await expect.poll(() => told.at(-1)?.event_id).toBe(`synth:${first}:lc||completed`);
  await deleteThread(ports, thread_id);
  const second = await start();

  const runs = (await reading).map(({ event_id }) => event_id).filter((id) => id.endsWith("running"));
  expect(runs).toEqual([first, second].map((run_id) => `synth:${run_id}:lc||running`));
});

test("a thread that was made again is noticed by its log: a busy one leaves no pause to look at its row", async () => {
  const ports = corePorts(table, talks);
  const thread_id = await aThread(ports);
  await aRun(ports, thread_id);
  const thread = await ports.threads.get(thread_id);
  if (!thread) throw new Error("no thread");
  const leave = new AbortController();
  const waits = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  let last = Number.POSITIVE_INFINITY;
  /** For its reader no time passes, and it leaves where nothing more comes. */
  const busy = ([begun]: readonly PromiseWithResolvers<void>[]): CorePorts => ({
    ...ports,
    clock: { ...ports.clock, monotonic: () => 0 },
    log: {
      ...ports.log,
      changed: async (id, after, ...rest) => {
        begun?.resolve();
        if (after >= last) leave.abort();
        await ports.log.changed(id, after, ...rest);
      },
    },
  });
  const told: string[] = [];
  const follow = async () => {
    const reader = {
      thread_id,
      filter: { channels: CHANNELS },
      since: undefined,
      reader: "other",
      replay: "newest",
    } as const;
    for await (const events of followThread(busy(waits.slice(0, 1)), reader, leave.signal))
      told.push(...events.map(({ event_id }) => event_id));
  };
  const tail = async () => {
    const reading = { thread, cursor: { kind: "start" }, modes: ["run_modes"] } as const;
    for await (const _ of tailThread(busy(waits.slice(1)), reading, leave.signal));
    return leave.signal.aborted ? "left" : "ended";
  };
  const reading = Promise.all([follow(), tail()]);
  await Promise.all(waits.map(({ promise }) => promise));

  await deleteThread(ports, thread_id);
  const result = await createRun(ports, { thread_id, body: runBody({ if_not_exists: "create" }) });
  if (result.kind !== "created") throw new Error(result.kind);
  await handleMessage(ports, result.run, host);
  last = (await ports.threads.get(thread_id))?.log_tail ?? 0;

  expect((await reading)[1]).toBe("ended");
  expect(told.at(-1)).toBe(`synth:${result.run.run_id}:lc||completed`);
});
