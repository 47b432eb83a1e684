/** Runs that are to begin later (`after_seconds`), and what becomes of their threads until then. */
import { randomBytes } from "node:crypto";
import { admitDelayed } from "../../functions/core/run/create/admit-run.ts";
import { createRun } from "../../functions/core/run/create/create-run.ts";
import { cancelRun } from "../../functions/core/run/end/cancel-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { readKwargs } from "../../functions/core/run/read-runs.ts";
import type { RunRef, RunRow } from "../../functions/core/run/run-row.ts";
import { INPUT_INLINE_BYTES } from "../../functions/core/run/timings.ts";
import { sweep } from "../../functions/core/sweep.ts";
import { createThread } from "../../functions/core/thread/create-thread.ts";
import { searchThreads } from "../../functions/core/thread/search-threads.ts";
import { findThread } from "../../functions/core/thread/threads.ts";
import { HOUR, MINUTE, SECOND } from "../../functions/core/units.ts";
import { queryAll } from "../../functions/aws/table/item-batches.ts";
import { inputKey, pointerKey, threadKey } from "../../functions/aws/table/keys.ts";
import { RETENTION } from "../../functions/core/log/timings.ts";
import { ThreadCreate } from "../../functions/protocol/thread.ts";
import { ThreadSearch } from "../../functions/protocol/thread-search.ts";
import { type CorePorts, corePorts, runBody } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { completes, created, host, statusOf } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

const open = async (): Promise<{ ports: CorePorts; own: TestTable }> => {
  const own = await table.another();
  return { ports: corePorts(own, completes), own };
};

async function found(ports: CorePorts): Promise<unknown[]> {
  const result = await searchThreads(ports, ThreadSearch.parse({ select: ["thread_id"] }));
  return result.kind === "page" ? result.page.threads.map(({ thread_id }) => thread_id) : [];
}

async function begin(ports: CorePorts, run: RunRef): Promise<void> {
  expect(await admitDelayed(ports, run)).toBe("admitted");
  await handleMessage(ports, run, host);
}

/** `ttl` of each item of a run and its thread, in seconds since 1970. */
async function expiries(own: TestTable, { thread_id, run_id }: RunRow): Promise<(number | undefined)[]> {
  const keys = [threadKey(thread_id), pointerKey(run_id), inputKey(run_id, 0)];
  const items = await Promise.all(keys.map(({ pk }) => queryAll(own, { pk, prefix: "" })));
  return items.flat().map(({ ttl }) => ttl as number | undefined);
}

/** An input that stays too large for the row when it is compressed. */
const incompressible = () => ({ text: randomBytes(INPUT_INLINE_BYTES).toString("base64") });

describe("a delayed stateless run", () => {
  test.each([
    ["small", {}],
    ["large", incompressible()],
  ])("that keeps its thread leaves it with its runs, for good (%s input)", async (_, input) => {
    const { ports, own } = await open();
    const run = await created(ports, null, { after_seconds: 60, on_completion: "keep", input });
    expect(await found(ports)).toEqual([]);

    ports.advance(MINUTE);
    await begin(ports, run);

    expect(await found(ports)).toEqual([run.thread_id]);
    expect(await findThread(ports, run.thread_id)).toMatchObject({ status: "idle", temporary: false });
    expect(await readKwargs(ports, run)).toMatchObject({ input });
    expect((await expiries(own, run)).filter((ttl) => ttl !== undefined)).toEqual([]);
  });

  test.each(["keep", "delete"])("is there when it begins, however late that is (%s)", async (on_completion) => {
    const { ports, own } = await open();
    const week = 7 * 24 * HOUR;
    const begins = ports.clock.now() + week;
    const run = await created(ports, null, { after_seconds: week / SECOND, on_completion, input: incompressible() });

    const set = (await expiries(own, run)).filter((ttl) => ttl !== undefined);

    expect(set.length).toBeGreaterThan(0);
    for (const ttl of set) expect(ttl * SECOND).toBeGreaterThan(begins + RETENTION);
  });

  test.each([
    ["keep", 1, { deleted: false, temporary: false }],
    ["delete", 0, { deleted: true, temporary: true }],
  ])(
    "that is cancelled before it begins leaves its thread as its end would (%s)",
    async (on_completion, count, row) => {
      const { ports } = await open();
      const run = await created(ports, null, { after_seconds: 60, on_completion });

      await cancelRun(ports, run, "interrupt");

      expect(await statusOf(ports, run)).toBe("interrupted");
      expect(await ports.threads.get(run.thread_id)).toMatchObject(row);
      expect(await found(ports)).toHaveLength(count);
    },
  );

  test("gives a thread that it keeps the project's time to live, from its end on", async () => {
    const { ports: bare } = await open();
    const engine = { ...bare.engine, threadTtl: () => ({ strategy: "delete" as const, ttl: 5 }) };
    const ports = { ...bare, engine };
    const run = await created(ports, null, { after_seconds: 600, on_completion: "keep" });

    ports.advance(10 * MINUTE);
    await begin(ports, run);
    expect(await found(ports)).toEqual([run.thread_id]);
    ports.advance(6 * MINUTE);

    expect(await found(ports)).toEqual([]);
    await sweep(ports);
    expect(await ports.threads.get(run.thread_id)).toMatchObject({ deleted: true });
  });

  test("begins although the project's time to live is over before, if its thread goes with it", async () => {
    const { ports: bare } = await open();
    const engine = { ...bare.engine, threadTtl: () => ({ strategy: "delete" as const, ttl: 1 }) };
    const ports = { ...bare, engine };
    const run = await created(ports, null, { after_seconds: 600 });

    ports.advance(10 * MINUTE);
    await sweep(ports);
    await handleMessage(ports, run, host);

    expect(await statusOf(ports, run)).toBe("success");
    expect(await ports.threads.get(run.thread_id)).not.toHaveProperty("lifetime");
  });
});

describe("a thread with a time to live", () => {
  const aThread = async (ports: CorePorts): Promise<string> => {
    const result = await createThread(ports, ThreadCreate.parse({ ttl: 5 }));
    if (result.kind !== "created") throw new Error(result.kind);
    return result.row.thread_id;
  };

  test("waits for a delayed run, whatever happens on it before", async () => {
    const { ports } = await open();
    const thread_id = await aThread(ports);
    const delayed = await created(ports, thread_id, { after_seconds: 600 });
    await handleMessage(ports, await created(ports, thread_id), host);

    ports.advance(9 * MINUTE);
    await sweep(ports);
    expect(await findThread(ports, thread_id)).toBeDefined();
    ports.advance(MINUTE);
    await sweep(ports);
    await handleMessage(ports, delayed, host);

    expect(await statusOf(ports, delayed)).toBe("success");
    ports.advance(6 * MINUTE);
    expect(await findThread(ports, thread_id)).toBeUndefined();
  });

  test("that a delayed run has made begins its time with the run", async () => {
    const { ports } = await open();
    const thread_id = ports.ids.uuid7();
    const engine = { ...ports.engine, threadTtl: () => ({ strategy: "delete" as const, ttl: 5 }) };
    const body = runBody({ after_seconds: 600, if_not_exists: "create" });
    const result = await createRun({ ...ports, engine }, { thread_id, body });
    ports.advance(9 * MINUTE);

    expect(result.kind).toBe("created");
    expect(await findThread(ports, thread_id)).toBeDefined();
    ports.advance(7 * MINUTE);
    expect(await findThread(ports, thread_id)).toBeUndefined();
  });
});
