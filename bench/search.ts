/**
 * Searches among many threads, on the emulator: read units, which are those of DynamoDB, and times of this machine.
 * `npm run bench:search -- --threads 100000`. Values are not read: what they cost is the thread's, not the search's.
 */
import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { readEnv } from "../functions/aws/env.ts";
import { createTableClient } from "../functions/aws/table/clients.ts";
import { type Item, type Table, writeBatch } from "../functions/aws/table/item-batches.ts";
import { runKey } from "../functions/aws/table/keys.ts";
import { threadItem } from "../functions/aws/table/row-items.ts";
import { activeRunFields } from "../functions/aws/thread/thread-indexes.ts";
import { createThreads } from "../functions/aws/thread/threads.ts";
import { newThread } from "../functions/core/thread/create-thread.ts";
import type { Engine } from "../functions/core/run/execute/engine-port.ts";
import { countThreads, searchThreads } from "../functions/core/thread/search-threads.ts";
import type { ThreadRow } from "../functions/core/thread/thread-row.ts";
import { systemClock } from "../functions/host/clock-and-ids.ts";
import { ThreadCount, ThreadSearch } from "../functions/protocol/thread-search.ts";
import { createTable } from "../local/create-table.ts";
import { startDynamodb } from "../local/dynamodb.ts";
import { median } from "../command-line/percentiles.ts";

const { values: flags } = parseArgs({ options: { threads: { type: "string", default: "100000" } } });
const THREADS = Number(flags.threads);
/** Owners of every other thread. */
const OWNERS = 100;
/** Threads with an active run, the newest of all. */
const BUSY = 20;
const REPEATS = 15;
const TABLE = "search";
const SELECT = ["thread_id", "status", "metadata", "created_at", "updated_at", "interrupts"];

const emulator = await startDynamodb();
const client = createTableClient(
  readEnv({
    THREADLINE_TABLE_NAME: TABLE,
    THREADLINE_QUEUE_URL: "http://127.0.0.1:1/000000000000/unused",
    THREADLINE_PROJECT_DIR: "unused",
    THREADLINE_AUTH: "none",
    AWS_ENDPOINT_URL_DYNAMODB: emulator.endpoint,
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "bench",
  }),
);
let units = 0;
client.client.middlewareStack.add(
  (next) => async (args) => {
    const answered = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: "TOTAL" } });
    const { ConsumedCapacity = [] } = answered.output as { ConsumedCapacity?: Capacity | Capacity[] };
    for (const { CapacityUnits = 0 } of [ConsumedCapacity].flat()) units += CapacityUnits;
    return answered;
  },
  { step: "initialize", name: "units" },
);
interface Capacity {
  CapacityUnits?: number;
}

const table: Table = { client, table: TABLE, clock: systemClock };
await createTable(client, TABLE);
const since = performance.now();
for (let at = 0; at < THREADS; at += 25) {
  const rows = Array.from({ length: Math.min(25, THREADS - at) }, (_, n) => aRow(at + n));
  await writeBatch(
    table,
    rows.flatMap((row) => [threadItem(row, undefined) as Item, ...activeRunOf(row)]).map((put) => ({ put })),
  );
}
console.log(`${THREADS} threads written in ${Math.round((performance.now() - since) / 1_000)} s`);

const unread = { values: notMeasured, state: notMeasured } as unknown as Engine;
const ports = { threads: createThreads({ ...table, clock: systemClock, retentionMs: 1 }), engine: unread };
const search = (query: object) => async () => searchThreads(ports, ThreadSearch.parse({ select: SELECT, ...query }));
const owner = { owner: "owner-7" };
const cases: [name: string, work: () => Promise<unknown>][] = [
  ["an owner's newest 10", search({ metadata: owner })],
  ["an owner's 10 after 100", search({ metadata: owner, offset: 100 })],
  ["an owner's interrupted", search({ metadata: owner, status: "interrupted" })],
  ["the newest 10 of all", search({})],
  ["the newest 100 of all", search({ limit: 100 })],
  ["the oldest 10 by creation", search({ sort_by: "created_at", sort_order: "asc" })],
  ["the newest 10 that are busy", search({ status: "busy" })],
  ["the newest 10 that are interrupted", search({ status: "interrupted" })],
  ["the newest 10 of one graph in ten", search({ metadata: { graph_id: "graph-3" } })],
  ["10 by id", search({ ids: Array.from({ length: 10 }, () => randomUUID()) })],
  ["a count of an owner's", () => countThreads(ports, ThreadCount.parse({ metadata: owner }))],
];
for (const [name, work] of cases) {
  await work();
  const times: number[] = [];
  units = 0;
  for (let n = 0; n < REPEATS; n++) {
    const begun = performance.now();
    await work();
    times.push(performance.now() - begun);
  }
  console.log(
    `${name.padEnd(36)} ${(units / REPEATS).toFixed(1).padStart(7)} read units ${median(times).toFixed(1).padStart(7)} ms`,
  );
}
const begun = performance.now();
units = 0;
console.log("all:", await countThreads(ports, ThreadCount.parse({})));
console.log(
  `${"a count of all".padEnd(36)} ${units.toFixed(1).padStart(7)} read units ${(performance.now() - begun).toFixed(0).padStart(7)} ms`,
);
client.destroy();
await emulator.stop();

function notMeasured(): never {
  throw new Error("values are not part of this measurement");
}

function aRow(n: number): ThreadRow {
  const thread_id = randomUUID();
  const graph_id = `graph-${n % 10}`;
  return {
    ...newThread({ thread_id, now: Date.UTC(2026, 0) + n * 1_000, seen: undefined, temporary: false }),
    graph_id,
    metadata: { graph_id, assistant_id: randomUUID(), ...(n % 2 ? { owner: `owner-${(n % (2 * OWNERS)) >> 1}` } : {}) },
    ...(n % 50 < 2 ? { status: "interrupted" as const, interrupts: { task: [{ id: "a", value: "May I?" }] } } : {}),
    head: { checkpoint_id: randomUUID(), channels: ["messages", "topic"] },
    ...(n >= THREADS - BUSY && { status: "busy" as const, active_run: randomUUID(), listed_by_run: true as const }),
  };
}

/** What a search sees of its active run. */
function activeRunOf(thread: ThreadRow): Item[] {
  const { thread_id, active_run } = thread;
  if (active_run === null) return [];
  return [{ ...runKey(thread_id, active_run), due: Date.now(), ...activeRunFields(thread, active_run) }];
}
