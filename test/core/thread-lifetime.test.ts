/** Threads that are kept for some time: when they are over, what is left, and that nobody sees them meanwhile. */
import { asOf, isOver, lifetimeOf, renewed } from "../../functions/core/thread/lifetime.ts";
import { createRun } from "../../functions/core/run/create/create-run.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import { sweep } from "../../functions/core/sweep.ts";
import { createThread, newThread } from "../../functions/core/thread/create-thread.ts";
import { searchThreads } from "../../functions/core/thread/search-threads.ts";
import { findThread, patchThread } from "../../functions/core/thread/threads.ts";
import { MINUTE } from "../../functions/core/units.ts";
import { ThreadCreate, ThreadPatch } from "../../functions/protocol/thread.ts";
import { ThreadSearch } from "../../functions/protocol/thread-search.ts";
import { corePorts, runBody } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { host } from "../support/run-steps.ts";

let shared: TestTable;
beforeAll(async () => {
  shared = await startTable();
});
afterAll(() => shared.stop());

const aSystem = async () => {
  const ports = corePorts(await shared.another(), async () => ({ kind: "completed" }));
  const made = async (body: object): Promise<string> => {
    const result = await createThread(ports, ThreadCreate.parse(body));
    if (result.kind !== "created") throw new Error(result.kind);
    return result.row.thread_id;
  };
  const found = async (): Promise<number> => {
    const result = await searchThreads(ports, ThreadSearch.parse({ select: ["thread_id"] }));
    return result.kind === "page" ? result.page.threads.length : -1;
  };
  return { ports, made, found };
};

test("a thread is gone for readers when its time is over, and cleared by the next sweep", async () => {
  const { ports, made, found } = await aSystem();
  const thread_id = await made({ ttl: 5 });
  ports.advance(4 * MINUTE);
  expect(await findThread(ports, thread_id)).toMatchObject({ lifetime: { strategy: "delete", ttl_minutes: 5 } });
  expect([await sweep(ports), await found()]).toEqual([0, 1]);

  ports.advance(1 * MINUTE);

  expect(await findThread(ports, thread_id)).toBeUndefined();
  expect(await found()).toBe(0);
  expect(await sweep(ports)).toBe(1);
  const row = await ports.threads.get(thread_id);
  expect(row).toMatchObject({ deleted: true });
  expect(row).not.toHaveProperty("expired");
  expect(await sweep(ports)).toBe(0);
});

test.each([
  [
    "another thread",
    async ({ ports, made }: Awaited<ReturnType<typeof aSystem>>, thread_id: string) => {
      expect(await made({ thread_id })).toBe(thread_id);
      return (await ports.threads.get(thread_id))?.gen;
    },
  ],
  [
    "a run that makes it",
    async ({ ports }: Awaited<ReturnType<typeof aSystem>>, thread_id: string) => {
      const refused = await createRun(ports, { thread_id, body: runBody() });
      const result = await createRun(ports, { thread_id, body: runBody({ if_not_exists: "create" }) });
      expect([refused.kind, result.kind]).toEqual(["thread_not_found", "created"]);
      return (await ports.threads.get(thread_id))?.gen;
    },
  ],
])("its id is free for %s before the sweep", async (_name, use) => {
  const system = await aSystem();
  const thread_id = await system.made({ ttl: { ttl: 1 } });
  system.ports.advance(2 * MINUTE);

  const gen = await use(system, thread_id);

  expect(gen).toBe(2);
  expect(await findThread(system.ports, thread_id)).toMatchObject({ deleted: false });
});

test("a run at work keeps its thread, and its end begins the time anew", async () => {
  const { ports, made } = await aSystem();
  const thread_id = await made({ ttl: 5 });
  const created = await createRun(ports, { thread_id, body: runBody() });
  if (created.kind !== "created") throw new Error(created.kind);
  ports.advance(30 * MINUTE);
  expect(await findThread(ports, thread_id)).toBeDefined();

  await handleMessage(ports, created.run, host);
  ports.advance(4 * MINUTE);

  expect(await findThread(ports, thread_id)).toMatchObject({ status: "idle" });
  ports.advance(1 * MINUTE);
  expect(await findThread(ports, thread_id)).toBeUndefined();
});

test("keep_latest leaves the thread, once, until it is used again", async () => {
  const { ports, made } = await aSystem();
  const thread_id = await made({ ttl: { strategy: "keep_latest", ttl: 1 } });
  ports.advance(2 * MINUTE);

  expect([await sweep(ports), await sweep(ports)]).toEqual([1, 0]);

  const row = await findThread(ports, thread_id);
  expect(row?.lifetime).toEqual({ strategy: "keep_latest", ttl_minutes: 1, expires_at: null });
  expect(row && renewed(row, 0).lifetime?.expires_at).toBe("1970-01-01T00:01:00.000Z");
});

test("a patch sets it, and another one leaves it", async () => {
  const { ports, made } = await aSystem();
  const thread_id = await made({});

  await patchThread(ports, thread_id, ThreadPatch.parse({ ttl: 7 }));
  await patchThread(ports, thread_id, ThreadPatch.parse({ metadata: { a: 1 } }));

  expect((await findThread(ports, thread_id))?.lifetime).toMatchObject({ ttl_minutes: 7 });
});

test.each([
  ["takes the place of a longer one", { ttl: 60 }],
  ["is the first", {}],
])(
  "a patch whose ttl is shorter than a run's delay, and %s, keeps the thread until the run has begun",
  async (_, body) => {
    const { ports, made } = await aSystem();
    const thread_id = await made(body);
    await createRun(ports, { thread_id, body: runBody({ after_seconds: 600 }) });

    await patchThread(ports, thread_id, ThreadPatch.parse({ ttl: 2 }));

    ports.advance(11 * MINUTE);
    expect(await findThread(ports, thread_id)).toBeDefined();
    ports.advance(1 * MINUTE);
    expect(await findThread(ports, thread_id)).toBeUndefined();
  },
);

test("a thread without a ttl, or at work, is never over", () => {
  const row = newThread({ thread_id: "t", now: 0, seen: undefined, temporary: false });
  const short = { ...row, ...lifetimeOf({ strategy: "delete", ttl: 1 }, 0) };

  expect([isOver(row, Infinity), isOver({ ...short, status: "busy" }, MINUTE), isOver(short, MINUTE - 1)]).toEqual([
    false,
    false,
    false,
  ]);
  expect(asOf(short, MINUTE)).toMatchObject({ deleted: true, expired: true });
});
