import { startTable, type TestTable } from "../support/dynamodb.ts";
import { appUnderTest, type AppUnderTest, detailOf, jsonOf, threeSteps } from "./app-under-test.ts";

let table: TestTable;
let app: AppUnderTest;
beforeAll(async () => {
  table = await startTable();
  app = appUnderTest(table, threeSteps);
});
afterAll(() => table.stop());

const UUID = "0190a1f4-3c5e-7000-8000-000000000001";

test("a new thread is idle and empty", async () => {
  const thread = await jsonOf(await app.ask("POST /threads", { metadata: { a: 1 } }));

  expect(thread).toMatchObject({ status: "idle", interrupts: {}, config: {}, metadata: { a: 1 } });
  expect(await (await app.ask(`GET /threads/${thread.thread_id}`)).json()).toEqual(thread);
});

test("no body at all makes a thread, too", async () => {
  expect((await app.ask("POST /threads")).status).toBe(200);
});

test("an id is taken in capitals, kept in lower case, and taken once", async () => {
  const thread_id = crypto.randomUUID();

  const made = await jsonOf(await app.ask("POST /threads", { thread_id: thread_id.toUpperCase(), metadata: { a: 1 } }));
  const again = await app.ask("POST /threads", { thread_id });
  const nothing = await app.ask("POST /threads", { thread_id, if_exists: "do_nothing", metadata: { b: 2 } });

  expect(made.thread_id).toBe(thread_id);
  expect(await detailOf(again)).toEqual([409, `Thread with ID ${thread_id} already exists`]);
  expect(await nothing.json()).toEqual(made);
});

test.each([
  ["raise", 1, 19],
  ["do_nothing", 20, 0],
])(
  "E6: an id that twenty ask for in the same millisecond, if_exists %s: %i made or found, %i refused",
  async (if_exists, ok, refused) => {
    const thread_id = crypto.randomUUID();
    const still = appUnderTest(table, threeSteps);
    const now = still.ports.clock.now();
    still.ports.clock.now = () => now;

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => still.ask("POST /threads", { thread_id, if_exists })),
    );

    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(ok);
    expect(statuses.filter((status) => status === 409)).toHaveLength(refused);
  },
);

test("a patch merges metadata, and says little if so preferred", async () => {
  const { thread_id } = await jsonOf(await app.ask("POST /threads", { metadata: { a: 1, b: { c: 2 } } }));

  const patched = await app.ask(`PATCH /threads/${thread_id}`, { metadata: { b: 3 } });
  const minimal = await app.ask(`PATCH /threads/${thread_id}`, { metadata: { d: 4 } }, { prefer: "return=minimal" });

  expect(await patched.json()).toMatchObject({ metadata: { a: 1, b: 3 } });
  expect([minimal.status, await minimal.text()]).toEqual([204, ""]);
  expect(await (await app.ask(`GET /threads/${thread_id}`)).json()).toMatchObject({ metadata: { a: 1, b: 3, d: 4 } });
});

test("metadata that is too large is refused and changes nothing", async () => {
  const { thread_id } = await jsonOf(await app.ask("POST /threads", { metadata: { a: 1 } }));

  const response = await app.ask(`PATCH /threads/${thread_id}`, { metadata: { text: "x".repeat(40_000) } });

  expect(await detailOf(response)).toEqual([422, expect.stringContaining("metadata")]);
  expect((await jsonOf(await app.ask(`GET /threads/${thread_id}`))).metadata).toEqual({ a: 1 });
});

test("a deleted thread is gone, and a second delete says so", async () => {
  const thread_id = await app.thread();

  const deleted = await app.ask(`DELETE /threads/${thread_id}`);

  expect([deleted.status, await deleted.text()]).toEqual([204, ""]);
  expect(await detailOf(await app.ask(`DELETE /threads/${thread_id}`))).toEqual([
    404,
    `Thread with ID ${thread_id} not found`,
  ]);
});

test.each([
  "GET /threads/ID",
  "PATCH /threads/ID",
  "DELETE /threads/ID",
  "GET /threads/ID/state",
  "GET /threads/ID/state/1ef",
  "POST /threads/ID/state/checkpoint",
  "GET /threads/ID/history",
  "POST /threads/ID/history",
])("%s of an unknown thread is 404", async (route) => {
  const body = route.startsWith("GET") ? undefined : { checkpoint: {}, metadata: {} };

  const response = await app.ask(route.replace("ID", UUID), body);

  expect(await detailOf(response)).toEqual([404, `Thread with ID ${UUID} not found`]);
});

const emptyState = (thread_id: string, checkpoint_id: string | null = null) => ({
  values: {},
  next: [],
  tasks: [],
  metadata: {},
  created_at: null,
  checkpoint: { thread_id, checkpoint_ns: "", checkpoint_id },
  parent_checkpoint: null,
  interrupts: [],
});

describe("the state of a thread that never ran", () => {
  test("is empty, also at a checkpoint", async () => {
    const thread_id = await app.thread();

    const latest = await app.ask(`GET /threads/${thread_id}/state?subgraphs=true`);
    const at = await app.ask(`GET /threads/${thread_id}/state/1ef`);
    const named = await app.ask(`POST /threads/${thread_id}/state/checkpoint`, {
      checkpoint: { checkpoint_id: "1ef" },
    });

    expect(await latest.json()).toEqual(emptyState(thread_id));
    expect([await at.json(), await named.json()]).toEqual([emptyState(thread_id, "1ef"), emptyState(thread_id, "1ef")]);
  });

  test("has an empty history", async () => {
    const thread_id = await app.thread();

    expect(await (await app.ask(`GET /threads/${thread_id}/history?limit=3&before=1ef`)).json()).toEqual([]);
    expect(await (await app.ask(`POST /threads/${thread_id}/history`, { limit: 10 })).json()).toEqual([]);
  });

  test.each([
    ["GET /threads/ID/state?subgraphs=maybe", undefined, /^subgraphs: /],
    ["GET /threads/ID/state?select=nope", undefined, /^select\.0: must be values\.<key> or one of values, next, /],
    ["GET /threads/ID/state?select=values.", undefined, /^select\.0: /],
    ["GET /threads/ID/state?select=[1", undefined, /^select: must be a list of names/],
    ["GET /threads/ID/state/1ef?select=next,values,nope", undefined, /^select\.2: /],
    ["POST /threads/ID/state/checkpoint", { checkpoint: {}, select: ["nope"] }, /^select\.0: /],
    ["POST /threads/ID/state/checkpoint", { checkpoint: {}, select: "next" }, /^select: /],
    ["GET /threads/ID/history?select=nope", undefined, /^select\.0: /],
    ["POST /threads/ID/history", { select: [1] }, /^select\.0: /],
    ["POST /threads/ID/history", { limit: 0 }, /^limit: /],
    ["POST /threads/ID/history", { limit: 1_001 }, /^limit: /],
    ["GET /threads/ID?include=nope", undefined, /^include\.0: /],
    ["GET /threads/ID?include=ttl&include=nope", undefined, /^include\.1: /],
  ])("%s %j is refused", async (route, body, detail) => {
    const answer = await app.ask(route.replace("ID", await app.thread()), body);

    expect(await detailOf(answer)).toEqual([422, expect.stringMatching(detail)]);
  });

  test.each(["limit=-1", "limit=1.5", "limit=ten"])("history?%s is refused", async (query) => {
    const response = await app.ask(`GET /threads/${await app.thread()}/history?${query}`);

    expect(await detailOf(response)).toEqual([422, expect.stringMatching(/^limit: /)]);
  });
});
