/** Searches while runs begin and end: a busy thread is found by its run, at rest by its own entry, and never twice. */
import { randomUUID } from "node:crypto";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { type Key, runKey, threadKey } from "../../functions/aws/table/keys.ts";
import { admitDelayed } from "../../functions/core/run/create/admit-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { createThread } from "../../functions/core/thread/create-thread.ts";
import { deleteThread } from "../../functions/core/thread/delete-thread.ts";
import { countThreads, searchThreads } from "../../functions/core/thread/search-threads.ts";
import { patchThread } from "../../functions/core/thread/threads.ts";
import { ThreadCreate, ThreadPatch } from "../../functions/protocol/thread.ts";
import { ThreadCount, ThreadSearch } from "../../functions/protocol/thread-search.ts";
import { type CorePorts, corePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { completes, created, host } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

async function aThread(ports: CorePorts, metadata: object = {}): Promise<string> {
  // Creations of one millisecond would be in the order of their ids.
  ports.step(1);
  const result = await createThread(ports, ThreadCreate.parse({ metadata }));
  if (result.kind !== "created") throw new Error(result.kind);
  return result.row.thread_id;
}

/** Ids and status, newest first. */
async function search(ports: CorePorts, query: object = {}): Promise<[id: unknown, status: unknown][]> {
  const result = await searchThreads(ports, ThreadSearch.parse({ select: ["thread_id", "status"], ...query }));
  if (result.kind !== "page") throw new Error(result.detail);
  return result.page.threads.map(({ thread_id, status }) => [thread_id, status]);
}

const open = async (): Promise<CorePorts> => corePorts(await table.another(), completes);

describe("a search of an owner, of others and of all", () => {
  test("shows a thread as busy, newest first, from the start of its run to the end", async () => {
    const ports = await open();
    const owner = { owner: randomUUID() };
    const [first, second, bare] = [await aThread(ports, owner), await aThread(ports, owner), await aThread(ports)];
    ports.step(1);
    const run = await created(ports, first);

    expect(await search(ports, { metadata: owner })).toEqual([
      [first, "busy"],
      [second, "idle"],
    ]);
    expect(await search(ports)).toEqual([
      [first, "busy"],
      [bare, "idle"],
      [second, "idle"],
    ]);
    expect(await search(ports, { sort_order: "asc", limit: 2 })).toEqual([
      [second, "idle"],
      [bare, "idle"],
    ]);
    expect(await search(ports, { status: "busy" })).toEqual([[first, "busy"]]);
    expect(await search(ports, { status: "busy", metadata: { owner: "somebody else" } })).toEqual([]);
    expect(await search(ports, { status: "idle", metadata: owner })).toEqual([[second, "idle"]]);
    expect(await countThreads(ports, ThreadCount.parse({ metadata: owner }))).toEqual({ kind: "counted", count: 2 });

    await handleMessage(ports, run, host);

    expect(await search(ports, { metadata: owner })).toEqual([
      [first, "idle"],
      [second, "idle"],
    ]);
    expect(await search(ports, { status: "busy" })).toEqual([]);
  });

  test("shows a thread as busy while one run follows another", async () => {
    const ports = await open();
    const owner = { owner: randomUUID() };
    const thread_id = await aThread(ports, owner);
    const first = await created(ports, thread_id);
    await created(ports, thread_id);
    await handleMessage(ports, first, host);

    expect(await search(ports, { metadata: owner })).toEqual([[thread_id, "busy"]]);
    expect(await search(ports)).toEqual([[thread_id, "busy"]]);
  });

  test("shows a delayed run's thread as it is, then as busy", async () => {
    const ports = await open();
    const owner = { owner: randomUUID() };
    const thread_id = await aThread(ports, owner);
    const run = await created(ports, thread_id, { after_seconds: 10 });

    expect(await search(ports, { metadata: owner })).toEqual([[thread_id, "idle"]]);
    expect(await search(ports, { status: "busy" })).toEqual([]);

    ports.advance(11_000);
    await admitDelayed(ports, run);

    expect(await search(ports, { metadata: owner })).toEqual([[thread_id, "busy"]]);
  });

  test("does not show the thread of a stateless run, nor one that is deleted while it is busy", async () => {
    const ports = await open();
    await created(ports, null, { metadata: { owner: "ann" } });
    const thread_id = await aThread(ports, { owner: "ann" });
    await created(ports, thread_id);

    await deleteThread(ports, thread_id);

    expect(await search(ports)).toEqual([]);
    expect(await search(ports, { metadata: { owner: "ann" } })).toEqual([]);
  });
});

test("an owner who is changed while a run is active is found as the new one, by the end of the run, too", async () => {
  const ports = await open();
  const thread_id = await aThread(ports, { owner: "ann" });
  const run = await created(ports, thread_id);
  const expectStatus = async (status: string): Promise<void> => {
    expect(await search(ports, { metadata: { owner: "bob" } })).toEqual([[thread_id, status]]);
    expect(await search(ports, { metadata: { owner: "ann" } })).toEqual([]);
    expect(await search(ports)).toEqual([[thread_id, status]]);
  };

  await patchThread(ports, thread_id, ThreadPatch.parse({ metadata: { owner: "bob" } }));
  await expectStatus("busy");
  const next = await created(ports, thread_id);
  await expectStatus("busy");
  await handleMessage(ports, run, host);
  await expectStatus("busy");
  await handleMessage(ports, next, host);
  await expectStatus("idle");
  await created(ports, thread_id);
  await expectStatus("busy");
});

test("a thread whose run an earlier version began stays in the lists when it is changed", async () => {
  const own = await table.another();
  const ports = corePorts(own, completes);
  const forget = (Key: Key, attribute: string) =>
    own.client.send(new UpdateCommand({ TableName: own.table, Key, UpdateExpression: `REMOVE ${attribute}` }));
  const thread_id = await aThread(ports, { owner: "ann" });
  const run = await created(ports, thread_id);
  // That version's runs did not say whose thread they make busy; its threads had all entries at all times.
  await forget(threadKey(thread_id), "listed_by_run");
  await forget(runKey(thread_id, run.run_id), "busy_scope");

  await patchThread(ports, thread_id, ThreadPatch.parse({ metadata: { title: "new" } }));

  for (const query of [{}, { metadata: { owner: "ann" } }, { status: "busy" }])
    expect(await search(ports, query)).toEqual([[thread_id, "busy"]]);
  await handleMessage(ports, run, host);
  expect(await search(ports, { metadata: { owner: "ann" } })).toEqual([[thread_id, "idle"]]);
});

describe.each(["begins", "ends"])("a thread whose run %s in the middle of a search", (moment) => {
  test.each([0, 1, 2, 3])("is found once, if that is before request %i", async (at) => {
    const ports = corePorts(table, completes);
    const owner = { owner: randomUUID() };
    const thread_id = await aThread(ports, owner);
    const run = moment === "ends" ? await created(ports, thread_id) : undefined;
    let sent = 0;
    const send = async (command: never) => {
      if (sent++ === at) await (run ? handleMessage(ports, run, host) : created(ports, thread_id));
      return table.client.send(command);
    };
    const client = { send } as typeof table.client;
    const { threads } = corePorts({ client, table: table.table }, completes, ports);

    const found = await search({ ...ports, threads }, { metadata: owner });

    expect(found.map(([id]) => id)).toEqual([thread_id]);
    expect(sent).toBeGreaterThan(at);
  });
});
