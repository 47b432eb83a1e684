/** Streams and results while a run works: keep-alives, cuts, disconnects. */
import { Unclear } from "../../functions/core/failure/failure.ts";
import { READ_LOG } from "../../functions/core/failure/retry.ts";
import { createRun } from "../../functions/core/run/create/create-run.ts";
import type { RunRef } from "../../functions/core/run/run-row.ts";
import { DISCONNECT_GRACE } from "../../functions/core/run/timings.ts";
import { createWatchers, type Watchers } from "../../functions/core/run/watchers.ts";
import { KEEP_ALIVE } from "../../functions/http/edge/timings.ts";
import { RunCreate } from "../../functions/protocol/run.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { type AppUnderTest, appUnderTest, jsonOf, runBody, threeSteps } from "./app-under-test.ts";
import { ManualClock } from "./manual-clock.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

const decode = (chunk: { value?: Uint8Array | undefined } | undefined) => new TextDecoder().decode(chunk?.value);

async function aStream(app: AppUnderTest, fields: object = {}, host = {}) {
  const thread_id = await app.thread();
  const response = await app.ask(`POST /threads/${thread_id}/runs/stream`, runBody(fields), {}, host);
  return { thread_id, path: response.headers.get("content-location") ?? "", reader: response.body?.getReader() };
}

test("a stream of a pending run has a comment every five seconds, a result a newline", async () => {
  const app = appUnderTest(table, threeSteps);
  const { reader, thread_id } = await aStream(app);
  const waiting = await app.ask(`POST /threads/${thread_id}/runs/wait`, runBody());
  const result = waiting.body?.getReader();

  const metadata = decode(await reader?.read());
  app.ports.advance(KEEP_ALIVE);
  const comment = decode(await reader?.read());
  const newline = decode(await result?.read());
  await Promise.all([reader?.cancel(), result?.cancel()]);

  expect(metadata).toContain("event: metadata");
  expect([comment, newline]).toEqual([": heartbeat\n", "\n"]);
});

test.each([
  ["the size of a response", { limits: { ms: 60_000, bytes: 150 } }, {}],
  ["its time", { limits: { ms: 0, bytes: 1_000_000 } }, {}],
  ["the time of the host", {}, { timeLeft: 0 }],
])("a stream is aborted at %s, and goes on elsewhere", async (_, settings, host) => {
  const app = appUnderTest(table, threeSteps, settings);
  const { reader, path } = await aStream(app, {}, host);

  const drain = (async () => {
    while (!(await reader?.read())?.done);
  })();
  const [cut] = await Promise.allSettled([drain, app.work()]);

  const whole = appUnderTest(table, threeSteps);
  const joined = await whole.ask(`GET ${path}/stream?after=-1`);
  expect(cut).toMatchObject({ status: "rejected", reason: { name: "StreamCut" } });
  expect(await joined.text()).toContain("custom|child:1");
});

test("a result that takes too long is aborted, not made up", async () => {
  const app = appUnderTest(table, threeSteps, { limits: { ms: 0, bytes: 1_000 } });

  const response = await app.ask(`POST /threads/${await app.thread()}/runs/wait`, runBody());

  await expect(response.text()).rejects.toThrow("time");
});

test("a log that cannot be read aborts the stream, it does not end it", async () => {
  const app = appUnderTest(table, threeSteps);
  app.ports.log = { ...app.ports.log, read: () => Promise.reject(new Unclear("no table")) };
  const { reader } = await aStream(app);
  await reader?.read();

  const drain = async () => {
    for (;;) {
      if ((await reader?.read())?.done) return "ended";
    }
  };
  app.ports.advance(READ_LOG.within + 1);

  await expect(drain()).rejects.toThrow("no table");
});

test("HEAD of a stream has its headers, and leaves no reader behind", async () => {
  const app = appUnderTest(table, threeSteps);
  const { run_id, thread_id } = await jsonOf(await app.ask("POST /runs", runBody()));
  const cancel = new Promise((resolve) => {
    app.ports.clock.sleep = async (ms) =>
      ms === DISCONNECT_GRACE ? resolve("counted as gone") : new Promise(() => undefined);
  });

  const head = await app.ask(`HEAD /threads/${thread_id}/runs/${run_id}/stream?cancel_on_disconnect=true`);

  expect([head.status, head.headers.get("content-type"), head.body]).toEqual([200, "text/event-stream", null]);
  expect(await cancel).toBe("counted as gone");
});

test("a stream of a run that is rolled back closes", async () => {
  const app = appUnderTest(table, threeSteps);
  const { reader, path } = await aStream(app);
  await reader?.read();

  await app.ask(`POST ${path}/cancel?action=rollback`);
  app.ports.advance(KEEP_ALIVE);
  let last = await reader?.read();
  while (!last?.done) last = await reader?.read();

  expect((await app.ask(`GET ${path}`)).status).toBe(404);
});

/** Only the clock stands still: the rest is the real thing. */
function watched() {
  const app = appUnderTest(table, threeSteps);
  const clock = new ManualClock();
  const watchers = createWatchers({ ...app.ports, clock });
  const watch = watchers.enter;
  const statusOf = async (path: string): Promise<string> => (await jsonOf(await app.ask(`GET ${path}`))).status;
  return { app, clock, watch, watchers, statusOf };
}
async function aRun(app: AppUnderTest) {
  const { run_id, thread_id } = await jsonOf(await app.ask(`POST /threads/${await app.thread()}/runs`, runBody()));
  return { run_id, thread_id, path: `/threads/${thread_id}/runs/${run_id}` };
}

/** Another run on the thread, by a client of this process. */
async function sendNext(app: AppUnderTest, thread_id: string, { abandoned }: Watchers): Promise<string> {
  const result = await createRun(app.ports, { thread_id, body: RunCreate.parse(runBody()), abandoned });
  if (result.kind !== "created") throw new Error(result.kind);
  return `/threads/${thread_id}/runs/${result.run.run_id}`;
}

describe("a run whose client has gone", () => {
  test("is cancelled after a grace, if it was asked for", async () => {
    const { app, clock, watch, statusOf } = watched();
    const run = await aRun(app);

    watch(run, true)("disconnected");
    const during = await statusOf(run.path);
    await clock.advance(DISCONNECT_GRACE);

    expect(during).toBe("pending");
    await expect.poll(() => statusOf(run.path)).toBe("interrupted");
  });

  test.each<[string, (watch: ReturnType<typeof watched>["watch"], run: { run_id: string; thread_id: string }) => void]>(
    [
      ["it was not asked for", (watch, run) => watch(run, false)("disconnected")],
      ["the response was cut by us", (watch, run) => watch(run, true)("cut")],
      ["the run has ended", (watch, run) => watch(run, true)("ended")],
      [
        "another one watches",
        (watch, run) => {
          watch(run, false);
          watch(run, true)("disconnected");
        },
      ],
      [
        "it has come back",
        (watch, run) => {
          watch(run, true)("disconnected");
          watch(run, false);
        },
      ],
    ],
  )("goes on when %s", async (_, scenario) => {
    const { app, clock, watch, statusOf } = watched();
    const run = await aRun(app);

    scenario(watch, run);
    await clock.advance(DISCONNECT_GRACE);

    expect(clock.sleeping).toBe(0);
    expect(await statusOf(run.path)).toBe("pending");
  });

  test("is cancelled when the one that came back goes, too", async () => {
    const { app, clock, watch, statusOf } = watched();
    const run = await aRun(app);

    watch(run, true)("disconnected");
    const back = watch(run, false);
    await clock.advance(DISCONNECT_GRACE);
    back("disconnected");
    await expect.poll(() => clock.sleeping).toBe(1);
    await clock.advance(DISCONNECT_GRACE);

    await expect.poll(() => statusOf(run.path)).toBe("interrupted");
  });

  test("R4: it gives way at once to a run that comes, without its grace", async () => {
    const { app, clock, watch, watchers, statusOf } = watched();
    const run = await aRun(app);

    watch(run, true)("disconnected");
    await expect.poll(() => clock.sleeping).toBe(1);
    const next = await sendNext(app, run.thread_id, watchers);
    await app.work();

    expect(await statusOf(run.path)).toBe("interrupted");
    expect(await statusOf(next)).toBe("success");
  });

  test("R4: it gives way at once if the run that comes was there before it was seen to go", async () => {
    const { app, clock, watch, watchers, statusOf } = watched();
    const run = await aRun(app);
    const leave = watch(run, true);

    const next = await sendNext(app, run.thread_id, watchers);
    leave("disconnected");

    await expect.poll(() => statusOf(run.path)).toBe("interrupted");
    await app.work();
    expect(await statusOf(next)).toBe("success");
    expect(clock.sleeping).toBe(0);
  });

  test("R4: one that waits itself gives way, too, and the one before it goes on", async () => {
    const { app, clock, watch, watchers, statusOf } = watched();
    const first = await aRun(app);
    const second = await sendNext(app, first.thread_id, watchers);
    watch({ thread_id: first.thread_id, run_id: second.split("/").at(-1) ?? "" }, true)("disconnected");
    await expect.poll(() => clock.sleeping).toBe(1);

    const third = await sendNext(app, first.thread_id, watchers);
    await app.work();

    expect(await statusOf(second)).toBe("interrupted");
    expect(await Promise.all([first.path, third].map(statusOf))).toEqual(["success", "success"]);
  });

  test.each<[string, (watch: Watchers["enter"], run: RunRef) => void]>([
    ["another one reads it", (watch, run) => [watch(run, true), watch(run, true)].at(0)?.("disconnected")],
    ["nobody has asked for it", (watch, run) => watch(run, false)("disconnected")],
    ["its reader is still there", (watch, run) => void watch(run, true)],
  ])("R4: it is waited for if %s", async (_, scenario) => {
    const { app, watch, watchers, statusOf } = watched();
    const run = await aRun(app);

    scenario(watch, run);
    const next = await sendNext(app, run.thread_id, watchers);
    const before = await Promise.all([run.path, next].map(statusOf));
    await app.work();

    expect(before).toEqual(["pending", "pending"]);
    expect(await Promise.all([run.path, next].map(statusOf))).toEqual(["success", "success"]);
  });

  test("R4: a grace begins anew with each disconnect", async () => {
    const { app, clock, watch, statusOf } = watched();
    const run = await aRun(app);

    watch(run, true)("disconnected");
    await expect.poll(() => clock.sleeping).toBe(1);
    await clock.advance(DISCONNECT_GRACE - 1);
    watch(run, false)("disconnected");
    await expect.poll(() => clock.sleeping).toBe(1);
    await clock.advance(DISCONNECT_GRACE - 1);
    const during = await statusOf(run.path);
    await clock.advance(1);

    expect(during).toBe("pending");
    await expect.poll(() => statusOf(run.path)).toBe("interrupted");
  });

  test("is told by the host of a stream", async () => {
    const app = appUnderTest(table, threeSteps);
    const gone = new AbortController();
    const { reader, path } = await aStream(app, { on_disconnect: "cancel" }, { disconnected: gone.signal });
    const grace = Promise.withResolvers<void>();
    app.ports.clock.sleep = (ms) => (ms === DISCONNECT_GRACE ? grace.promise : new Promise(() => undefined));

    await reader?.read();
    const pending = reader?.read();
    gone.abort();
    await expect(pending).rejects.toThrow("left");
    grace.resolve();

    await expect.poll(async () => (await jsonOf(await app.ask(`GET ${path}`))).status).toBe("interrupted");
  });
});
