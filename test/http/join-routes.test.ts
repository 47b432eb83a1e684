import { startTable, type TestTable } from "../support/dynamodb.ts";
import { readFrames } from "../support/sse.ts";
import {
  type AppUnderTest,
  aFinishedRun,
  appUnderTest,
  detailOf,
  jsonOf,
  located,
  runBody,
  threeSteps,
} from "./app-under-test.ts";

let table: TestTable;
let app: AppUnderTest;
beforeAll(async () => {
  table = await startTable();
  app = appUnderTest(table, threeSteps);
});
afterAll(() => table.stop());

const UUID = "0190a1f4-3c5e-7000-8000-000000000001";

const framesOf = async (path: string, headers: Record<string, string> = {}) => {
  const response = await app.ask(`GET ${path}`, undefined, headers);
  return { response, frames: await readFrames(response) };
};

describe("join", () => {
  test("from the start, and from every id, the rest and nothing twice", async () => {
    const { path } = await aFinishedRun(app);

    const { frames: whole } = await framesOf(`${path}/stream`, { "last-event-id": "-1" });

    expect(whole.map(({ event }) => event)).toEqual(["metadata", "updates", "updates", "updates", "custom|child:1"]);
    for (const [i, { id }] of whole.entries())
      expect((await framesOf(`${path}/stream`, { "last-event-id": id ?? "" })).frames).toEqual(whole.slice(i + 1));
  });

  test("says where it began, for a reconnect before the first event", async () => {
    const { path } = await aFinishedRun(app);

    const fromStart = await framesOf(`${path}/stream?after=-1`);
    const fromId = await framesOf(`${path}/stream?after=-1`, { "last-event-id": "2-1" });

    expect(fromStart.frames).toHaveLength(5);
    expect(located(fromStart.response)).toEqual({ contentLocation: path, location: `${path}/stream?after=-1` });
    expect(located(fromId.response).location).toBe(`${path}/stream?after=2-1`);
    expect(fromId.frames).toEqual(fromStart.frames.slice(2));
  });

  test("without a cursor: all of a run that waits, nothing of one that has ended", async () => {
    const thread_id = await app.thread();
    const { run_id } = await jsonOf(await app.ask(`POST /threads/${thread_id}/runs`, runBody()));

    // Where it begins is decided before it answers: the run must wait until then.
    const joined = await app.ask(`GET /threads/${thread_id}/runs/${run_id}/stream`);
    const [waiting] = await Promise.all([readFrames(joined), app.work()]);
    const ended = await framesOf(`/threads/${thread_id}/runs/${run_id}/stream`);

    expect(waiting).toHaveLength(5);
    expect(located(joined).location).toContain("after=-1");
    expect(ended.frames).toEqual([]);
  });

  test("without a cursor while it runs: what comes from now on, also for a reconnect before the first event", async () => {
    const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const under = appUnderTest(table, async (_, { sink }) => {
      sink.emit({ event: "custom", data: "1" }, "structural");
      begun.resolve();
      await go.promise;
      sink.emit({ event: "custom", data: "2" }, "structural");
      return { kind: "completed" };
    });
    const { run_id, thread_id } = await jsonOf(await under.ask("POST /runs", runBody()));
    const working = under.work();
    await begun.promise;
    await expect.poll(() => under.ports.log.tail(thread_id)).toBe(2);

    const joined = await under.ask(`GET /threads/${thread_id}/runs/${run_id}/stream`);
    const { location } = located(joined);
    go.resolve();
    const [frames] = await Promise.all([readFrames(joined), working]);
    const again = await readFrames(await under.ask(`GET ${location}`));

    expect(frames.map(({ data }) => data)).toEqual(["2"]);
    expect(again).toEqual(frames);
  });

  test("a cursor that cannot be understood is live", async () => {
    const { path } = await aFinishedRun(app);

    expect((await framesOf(`${path}/stream`, { "last-event-id": "abc" })).frames).toEqual([]);
  });

  test.each(["stream_mode=updates&stream_mode=debug", 'stream_mode=["updates","debug"]', "stream_mode=updates,debug"])(
    "%s narrows, keeps metadata, and is kept for a reconnect",
    async (query) => {
      const { path } = await aFinishedRun(app);

      const { frames, response } = await framesOf(`${path}/stream?${query}`, { "last-event-id": "-1" });

      expect(frames.map(({ event }) => event)).toEqual(["metadata", "updates", "updates", "updates"]);
      expect(located(response).location).toBe(`${path}/stream?stream_mode=updates&stream_mode=debug&after=-1`);
    },
  );

  test("a mode that does not exist is refused", async () => {
    const { path } = await aFinishedRun(app);

    expect(await detailOf(await app.ask(`GET ${path}/stream?stream_mode=bogus`))).toEqual([
      422,
      expect.stringContaining("stream_mode.0: Invalid option"),
    ]);
  });

  test("of a stateless run by its id alone, also after its end", async () => {
    const created = await app.ask("POST /runs", runBody());
    const { run_id, thread_id } = await jsonOf(created);
    await app.work();

    const { frames, response } = await framesOf(`/runs/${run_id}/stream`, { "last-event-id": "-1" });

    expect(frames).toHaveLength(5);
    expect(located(response).contentLocation).toBe(`/threads/${thread_id}/runs/${run_id}`);
  });

  test("ids in capitals are the same ids", async () => {
    const { thread_id, run_id } = await aFinishedRun(app);

    const response = await app.ask(`GET /threads/${thread_id.toUpperCase()}/runs/${run_id.toUpperCase()}/join`);

    expect(response.status).toBe(200);
  });

  test.each(["stream", "join"])("of an unknown run is 404: %s", async (verb) => {
    const thread_id = await app.thread();
    const { run_id } = await aFinishedRun(app);

    for (const path of [
      `/threads/${thread_id}/runs/${UUID}`,
      `/threads/${UUID}/runs/${UUID}`,
      `/threads/${thread_id}/runs/${run_id}`,
    ])
      expect(await detailOf(await app.ask(`GET ${path}/${verb}`))).toEqual([404, "Run not found"]);
  });

  test("for the result of an ended run answers at once", async () => {
    const { path } = await aFinishedRun(app);

    const response = await app.ask(`GET ${path}/join`);

    expect(located(response)).toEqual({ contentLocation: path, location: `${path}/join` });
    expect(await response.json()).toEqual({});
  });
});
