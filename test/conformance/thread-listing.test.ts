/** The port ThreadListing over the emulator: order over partitions, what an entry holds, and what a write of a thread costs. */
import { randomUUID } from "node:crypto";
import { createThreads } from "../../functions/aws/thread/threads.ts";
import { countWriteUnits } from "../../functions/aws/table/count-write-units.ts";
import { newThread } from "../../functions/core/thread/create-thread.ts";
import type { ListQuery, ThreadSummary } from "../../functions/core/thread/thread-listing.ts";
import type { ThreadRow } from "../../functions/core/thread/thread-row.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";

let shared: TestTable;
beforeAll(async () => {
  shared = await startTable();
});
afterAll(() => shared.stop());

const START = Date.UTC(2026, 0);
const BY_CHANGE = { by: "updated_at", order: "desc", expected: 10 } as const;

/** Threads in a table of their own: other tests must not be found. */
const withThreads = async (count: number, change: (n: number) => Partial<ThreadRow> = () => ({})) => {
  const { table, clock } = await shared.another();
  const client = shared.connect();
  let units = 0;
  countWriteUnits(client, (consumed) => (units += consumed));
  const threads = createThreads({ client, table, clock, retentionMs: 1 });
  const rows = Array.from({ length: count }, (_, n) => ({
    ...newThread({ thread_id: randomUUID(), now: START + n, seen: undefined, temporary: false }),
    ...change(n),
  }));
  for (const row of rows) await threads.put({ row, seen: undefined }, randomUUID());
  const listed = async (query: ListQuery): Promise<ThreadSummary[]> => {
    const found: ThreadSummary[] = [];
    for await (const some of threads.list(query)) found.push(...some);
    return found;
  };
  const idsOf = async (query: ListQuery) => (await listed(query)).map(({ thread_id }) => thread_id);
  const write = async (row: ThreadRow, seen: number): Promise<number> => {
    const before = units;
    expect(await threads.put({ row: { ...row, rev: seen + 1 }, seen }, randomUUID())).toBe("put");
    return units - before;
  };
  return { threads, rows, ids: rows.map(({ thread_id }) => thread_id), listed, idsOf, write };
};

test.each([1, 5, 60, 500])("all partitions are merged into one order, if %i are expected", async (expected) => {
  const { ids, idsOf } = await withThreads(120, (n) => ({ status: n % 3 ? "idle" : "busy" }));

  for (const by of ["updated_at", "created_at"] as const) {
    expect(await idsOf({ by, order: "desc", expected })).toEqual(ids.toReversed());
    expect(await idsOf({ by, order: "asc", expected })).toEqual(ids);
  }
});

test("threads of one moment are in the order of their ids", async () => {
  const moment = new Date(START).toISOString();
  const { ids, idsOf } = await withThreads(40, () => ({ updated_at: moment }));

  expect(await idsOf({ ...BY_CHANGE, order: "asc" })).toEqual(ids.toSorted());
});

test("of the threads that wait no others are read, of an owner's the same", async () => {
  const of = (n: number): Partial<ThreadRow> => ({
    status: (["idle", "busy", "interrupted", "error"] as const)[n % 4] ?? "idle",
    metadata: n < 8 ? { owner: "ann" } : {},
  });
  const { ids, idsOf } = await withThreads(16, of);
  const open = ids.filter((_, n) => n % 4 === 1 || n % 4 === 2);

  expect(await idsOf({ ...BY_CHANGE, order: "asc", status: "interrupted" })).toEqual(open);
  expect(await idsOf({ ...BY_CHANGE, order: "asc", owner: "ann" })).toEqual(ids.slice(0, 8));
  expect(await idsOf({ ...BY_CHANGE, order: "asc", owner: "ann", status: "busy" })).toEqual(open.slice(0, 4));
  expect(await idsOf({ ...BY_CHANGE, owner: "bob" })).toEqual([]);
});

test("a summary says what the row says, however large the row is", async () => {
  const { listed, rows } = await withThreads(3, (n) => ({
    metadata: { text: "x".repeat(n * 1_000), graph_id: "g" },
    graph_id: "g",
    config: { tags: ["a"] },
    error: { error: "E", message: "m" },
    interrupts: { task: [{ id: "i", value: 1 }] },
    head: { checkpoint_id: "c", channels: ["messages"] },
  }));

  const summaries = (await listed(BY_CHANGE)).toReversed();

  expect(summaries).toHaveLength(3);
  for (const [n, row] of rows.entries()) expect(row).toMatchObject(summaries[n] ?? {});
  expect(summaries.map(({ interrupts }) => interrupts)).toEqual(rows.map(({ interrupts }) => interrupts));
});

test("a short run costs two units of indexes, on an owner's thread four", async () => {
  const { rows, write } = await withThreads(2, (n) => ({ rev: 1, metadata: n ? { owner: "ann" } : {} }));
  const bare = { status: "idle", temporary: true } as const;
  const [base, owned] = rows;
  if (!base || !owned) throw new Error("no rows");
  const run = async (row: ThreadRow): Promise<number> => {
    const busy = { status: "busy", active_run: randomUUID(), listed_by_run: true } as const;
    const metadata = { ...row.metadata, graph_id: "g" };
    const begun = await write({ ...row, ...busy, metadata, updated_at: "2026-02-01" }, row.rev);
    return begun + (await write({ ...row, status: "idle", updated_at: "2026-02-02" }, row.rev + 1));
  };

  const [first, second] = [await run(base), await run(owned)];
  const gone = await write({ ...base, ...bare }, 3);
  const rowsAlone = 2 * (await write({ ...base, ...bare }, 4));

  expect([first - rowsAlone, second - rowsAlone]).toEqual([2, 4]);
  expect(gone).toBe(rowsAlone / 2 + 2);
});

test("many are read at once, tombstones left out", async () => {
  const { threads, ids, rows } = await withThreads(3, (n) => ({ deleted: n === 1 }));

  const found = await threads.getMany([...ids, randomUUID()]);

  expect(new Set(found.map(({ thread_id }) => thread_id))).toEqual(new Set([ids[0], ids[2]]));
  expect(rows).toContainEqual(found[0]);
});
