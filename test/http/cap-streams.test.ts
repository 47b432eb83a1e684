/** The cap of open answers of a key, over the real table: a permit is taken, refused, and given back however an answer ends. */
import { createHash } from "node:crypto";
import { createConcurrencyPermits } from "../../functions/aws/concurrency/concurrency-permits.ts";
import { PERMIT_LEASE } from "../../functions/aws/table/limits.ts";
import { systemClock, systemIds } from "../../functions/host/clock-and-ids.ts";
import type { AppSettings } from "../../functions/http/server/app.ts";
import type { AuthSettings } from "../../functions/http/server/auth.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { appUnderTest, detailOf, jsonOf, runBody, threeSteps } from "./app-under-test.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

const hash = (key: string): string => createHash("sha256").update(key).digest("hex");
/** Keys of one test alone: all tests share the table. */
function keys(...names: string[]): { auth: AuthSettings; headers: Record<string, string>[] } {
  const made = names.map((name) => `${name} ${systemIds.nonce()}`);
  return { auth: { kind: "key", sha256: made.map(hash) }, headers: made.map((key) => ({ "x-api-key": key })) };
}

function capped(auth: AuthSettings, most: number) {
  let now = Date.now();
  const clock = { ...systemClock, now: () => now };
  const permits = createConcurrencyPermits({ ...table, clock, ids: systemIds });
  const app = appUnderTest(table, threeSteps, { auth, cap: { permits, most } } satisfies Partial<AppSettings>);
  return { app, permits, advance: (ms: number) => void (now += ms) };
}

test("a key that has all its permits taken is refused, with a time to retry; other keys and short answers are not", async () => {
  const { auth, headers } = keys("one", "two");
  const { app } = capped(auth, 2);
  const stream = (at: number) => app.ask("POST /runs/stream", runBody(), headers[at]);

  const open = [await stream(0), await stream(0)];
  const refused = await stream(0);
  const others = [await stream(1), await app.ask("POST /threads", {}, headers[0])];

  expect(open.map(({ status }) => status)).toEqual([200, 200]);
  expect(refused.headers.get("retry-after")).toBe("5");
  expect(await detailOf(refused)).toEqual([
    429,
    expect.stringMatching(/^You have as many streams open as you may \(2\)/),
  ]);
  expect(others.map(({ status }) => status)).toEqual([200, 200]);
  await Promise.all([...open, ...others].map(async ({ body }) => body?.cancel()));
});

test("a refused request creates nothing", async () => {
  const { auth, headers } = keys("one");
  const { app } = capped(auth, 1);
  const { thread_id } = await jsonOf(await app.ask("POST /threads", {}, headers[0]));
  const open = await app.ask(`POST /threads/${thread_id}/runs/stream`, runBody(), headers[0]);

  const refused = await app.ask(`POST /threads/${thread_id}/runs/wait`, runBody(), headers[0]);

  expect(refused.status).toBe(429);
  expect(await app.ports.runs.list(thread_id)).toHaveLength(1);
  await open.body?.cancel();
});

test("a path is open however it is written, and a cancellation that waits", async () => {
  const { auth, headers } = keys("one");
  const { app } = capped(auth, 1);
  const run = "/threads/00000000-0000-0000-0000-000000000000/runs/00000000-0000-0000-0000-000000000001";
  const open = await app.ask("POST /runs/stream", runBody(), headers[0]);

  const refused = [
    await app.ask("POST /runs/%73tream", runBody(), headers[0]),
    await app.ask(`GET ${run}/jo%69n`, undefined, headers[0]),
    await app.ask(`POST ${run}/cancel?wait=true`, {}, headers[0]),
  ];

  const cancelled = await app.ask(`POST ${run}/cancel?wait=0`, {}, headers[0]);

  expect(refused.map(({ status }) => status)).toEqual([429, 429, 429]);
  expect(cancelled.status).toBe(404);
  await open.body?.cancel();
});

describe("a permit is free again", () => {
  test("when the answer was read to its end, and the answer is unchanged", async () => {
    const { auth, headers } = keys("one");
    const { app } = capped(auth, 1);
    const first = await app.ask("POST /runs/stream", runBody(), headers[0]);
    const reading = first.text();
    await app.work();

    const text = await reading;
    const again = await app.ask("POST /runs/stream", runBody(), headers[0]);

    expect(text).toContain('{"n":3}');
    expect(first.headers.get("content-type")).toContain("text/event-stream");
    expect(again.status).toBe(200);
    await again.body?.cancel();
  });

  test.each<[string, string, number]>([
    ["that is a refusal", "GET /threads/none/runs/none/join", 422],
    [
      "to a run that is not there",
      "GET /threads/00000000-0000-0000-0000-000000000000/runs/00000000-0000-0000-0000-000000000001/stream",
      404,
    ],
  ])("after an answer %s", async (_, route, status) => {
    const { auth, headers } = keys("one");
    const { app } = capped(auth, 1);

    const answers = [await app.ask(route, undefined, headers[0])];
    await answers[0]?.text();
    answers.push(await app.ask(route, undefined, headers[0]));

    expect(answers.map((answer) => answer.status)).toEqual([status, status]);
  });

  test("when its reader has gone", async () => {
    const { auth, headers } = keys("one");
    const { app } = capped(auth, 1);
    const open = await app.ask("POST /runs/stream", runBody(), headers[0]);

    await open.body?.cancel();

    const again = await app.ask("POST /runs/stream", runBody(), headers[0]);
    expect(again.status).toBe(200);
    await again.body?.cancel();
  });

  test("when the function that held it can no longer be alive, not before; its late release frees no other permit", async () => {
    const { permits, advance } = capped({ kind: "none" }, 1);
    const key = systemIds.nonce();
    const dead = await permits.take(key, 1);

    advance(PERMIT_LEASE - 1);
    const before = await permits.take(key, 1);
    advance(1);
    const after = await permits.take(key, 1);
    await dead?.release();
    const third = await permits.take(key, 1);

    expect([before, after !== undefined, third]).toEqual([undefined, true, undefined]);
  });
});

test("of many requests at once exactly as many get a permit as there are permits", async () => {
  const { permits } = capped({ kind: "none" }, 5);
  const key = systemIds.nonce();

  const taken = await Promise.all(Array.from({ length: 20 }, () => permits.take(key, 5)));

  expect(taken.filter((permit) => permit !== undefined)).toHaveLength(5);
});

test("where no keys are checked, all clients share one cap, whatever key they send", async () => {
  const { app } = capped({ kind: "none" }, 1);
  const open = await app.ask("POST /runs/stream", runBody(), { "x-api-key": "a" });

  const refused = await app.ask("POST /runs/stream", runBody(), { "x-api-key": "b" });

  expect([open.status, refused.status]).toEqual([200, 429]);
  await open.body?.cancel();
});
