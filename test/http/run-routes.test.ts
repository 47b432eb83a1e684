import { Unclear } from "../../functions/core/failure/failure.ts";
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

describe("create", () => {
  test("in the background answers the run", async () => {
    const thread_id = await app.thread();

    const response = await app.ask(`POST /threads/${thread_id}/runs`, runBody({ input: { a: 1 }, metadata: { m: 2 } }));
    const run = await jsonOf(response);

    expect(response.status).toBe(200);
    expect(run).toMatchObject({
      thread_id,
      status: "pending",
      multitask_strategy: "enqueue",
      metadata: { m: 2, graph_id: "scripted" },
      kwargs: { input: { a: 1 }, stream_mode: ["values"] },
    });
    expect(located(response)).toEqual({ contentLocation: `/threads/${thread_id}/runs/${run.run_id}`, location: null });
  });

  test("as a stream: metadata, the run's events, and the end", async () => {
    const thread_id = await app.thread();

    const response = await app.ask(`POST /threads/${thread_id}/runs/stream`, runBody({ stream_mode: "updates" }));
    const [frames] = await Promise.all([readFrames(response), app.work()]);
    const { run_id } = JSON.parse(frames[0]?.data ?? "");

    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-accel-buffering")).toBe("no");
    expect(located(response)).toEqual({
      contentLocation: `/threads/${thread_id}/runs/${run_id}`,
      location: `/threads/${thread_id}/runs/${run_id}/stream?after=-1`,
    });
    expect(frames.map(({ event }) => event)).toEqual(["metadata", "updates", "updates", "updates", "custom|child:1"]);
    expect(new Set(frames.map(({ id }) => id)).size).toBe(5);
    expect(await (await app.ask(`GET /threads/${thread_id}/runs/${run_id}`)).json()).toMatchObject({
      status: "success",
    });
  });

  test("as a stream shows its first event before anybody works on it", async () => {
    const thread_id = await app.thread();

    const response = await app.ask(`POST /threads/${thread_id}/runs/stream`, runBody());
    const reader = response.body?.getReader();
    const first = await reader?.read();
    await reader?.cancel();
    await app.work();

    expect(new TextDecoder().decode(first?.value)).toMatch(
      /^event: metadata\ndata: \{"run_id":".+","attempt":1\}\nid: 1-1\n\n$/,
    );
  });

  test("and wait answers the values, never null", async () => {
    const thread_id = await app.thread();

    const response = await app.ask(`POST /threads/${thread_id}/runs/wait`, runBody());
    const [values] = await Promise.all([response.json(), app.work()]);

    expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(located(response).location).toMatch(new RegExp(`^/threads/${thread_id}/runs/[-0-9a-f]{36}/join$`));
    expect(values).toEqual({});
  });

  test("without a thread: the temporary thread is told, and gone at the end", async () => {
    const response = await app.ask("POST /runs/stream", runBody());
    const [frames] = await Promise.all([readFrames(response), app.work()]);
    const [, thread_id, run_id] = /^\/threads\/(.+)\/runs\/(.+)$/.exec(located(response).contentLocation ?? "") ?? [];

    expect(frames).toHaveLength(5);
    expect(JSON.parse(frames[0]?.data ?? "")).toEqual({ run_id, attempt: 1 });
    expect((await app.ask(`GET /threads/${thread_id}`)).status).toBe(404);
  });

  test.each(["/runs", "/runs/stream", "/runs/wait"])(
    "POST %s for an unknown assistant is 404 before anything begins",
    async (path) => {
      const response = await app.ask(`POST ${path}`, { assistant_id: "nope" });

      expect(await detailOf(response)).toEqual([
        404,
        'No assistant found for "nope". Make sure the assistant ID is for a valid assistant or a valid graph ID.',
      ]);
    },
  );

  test("on an unknown thread is 404, unless it shall be made", async () => {
    const thread_id = crypto.randomUUID();

    const refused = await app.ask(`POST /threads/${thread_id}/runs/stream`, runBody());
    const made = await app.ask(`POST /threads/${thread_id}/runs`, runBody({ if_not_exists: "create" }));

    expect(await detailOf(refused)).toEqual([404, `Thread with ID ${thread_id} not found`]);
    expect(made.status).toBe(200);
    expect(await (await app.ask(`GET /threads/${thread_id}`)).json()).toMatchObject({
      status: "busy",
      metadata: { graph_id: "scripted" },
    });
    await app.work();
  });

  test("with reject on a busy thread is 409", async () => {
    const thread_id = await app.thread();
    await app.ask(`POST /threads/${thread_id}/runs`, runBody());

    const response = await app.ask(`POST /threads/${thread_id}/runs`, runBody({ multitask_strategy: "reject" }));

    expect(await detailOf(response)).toEqual([
      409,
      "Thread is already running a task. Wait for it to finish or choose a different multitask strategy.",
    ]);
    await app.work();
  });

  test("is not failed by what fails once the run exists", async () => {
    const { inputs, queue } = app.ports;
    app.ports.inputs = { ...inputs, get: () => Promise.reject(new Unclear("no table")) };
    app.ports.queue = { send: () => Promise.reject(new Unclear("no queue")) };

    const response = await app.ask(`POST /threads/${await app.thread()}/runs`, runBody());
    Object.assign(app.ports, { inputs, queue });

    expect([response.status, (await jsonOf(response)).kwargs]).toEqual([200, {}]);
  });

  test.each([
    ["", 200, "waits in the queue"],
    ["/stream", 409, "would wait for itself"],
    ["/wait", 409, "would wait for itself"],
  ])("/runs%s from a node of the thread's own run answers %i: it %s", async (path, status) => {
    const thread_id = await app.thread();
    const { run_id } = await jsonOf(await app.ask(`POST /threads/${thread_id}/runs`, runBody()));
    const config = { configurable: { run_id }, metadata: { langgraph_node: "ask" } };

    const response = await app.ask(`POST /threads/${thread_id}/runs${path}`, runBody({ config }));
    const runs = await app.ask(`GET /threads/${thread_id}/runs?select=run_id`);

    expect(response.status).toBe(status);
    expect(await runs.json()).toHaveLength(status === 200 ? 2 : 1);
    await app.work();
  });

  test.each([
    [65_536, 200, "as the official server takes it"],
    [65_537, 422, "more than it takes"],
  ])("with a webhook of %i characters answers %i: %s", async (characters, status) => {
    const webhook = "http://127.0.0.1/".padEnd(characters, "a");
    const thread_id = await app.thread();

    const response = await app.ask(`POST /threads/${thread_id}/runs`, runBody({ webhook }));
    const runs = await app.ask(`GET /threads/${thread_id}/runs?select=run_id`);

    expect(response.status).toBe(status);
    expect(await runs.json()).toHaveLength(status === 200 ? 1 : 0);
  });
});

const failing = () =>
  appUnderTest(table, async (_, { sink }) => {
    sink.emit({ event: "error", data: '{"error":"Boo","message":"boo!"}' }, "structural");
    return { kind: "failed", error: { error: "Boo", message: "boo!" } };
  });

describe("a run that fails", () => {
  test("shows it in wait, with status 200", async () => {
    const under = failing();
    const response = await under.ask(`POST /threads/${await under.thread()}/runs/wait`, runBody());

    const [result] = await Promise.all([response.json(), under.work()]);

    expect([response.status, result]).toEqual([200, { __error__: { error: "Boo", message: "boo!" } }]);
  });

  test("passes every filter", async () => {
    const under = failing();
    const thread_id = await under.thread();
    const { run_id } = await jsonOf(await under.ask(`POST /threads/${thread_id}/runs`, runBody()));
    await under.work();

    const joined = await under.ask(`GET /threads/${thread_id}/runs/${run_id}/stream?stream_mode=values&after=-1`);

    const events = (await readFrames(joined)).map(({ event }) => event);
    expect(events.slice(0, 2)).toEqual(["metadata", "error"]);
  });
});

describe("list and get", () => {
  test("newest first, by page, status and field", async () => {
    const thread_id = await app.thread();
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      const { run_id } = await jsonOf(await app.ask(`POST /threads/${thread_id}/runs`, runBody()));
      ids.unshift(run_id);
    }

    const list = async (query: string) => (await app.ask(`GET /threads/${thread_id}/runs?${query}`)).json();

    expect(await list("select=run_id")).toEqual(ids.map((run_id) => ({ run_id })));
    expect(await list("limit=1&offset=3")).toEqual([]);
    expect(await list("limit=2&select=status&select=thread_id")).toEqual([
      { status: "pending", thread_id },
      { status: "pending", thread_id },
    ]);
    expect(await list("status=success")).toEqual([]);
    await app.work();
  });

  test.each(["limit=-1", "limit=ten", "offset=-1", "status=done", "select=secret"])("%s is refused", async (query) => {
    const response = await app.ask(`GET /threads/${await app.thread()}/runs?${query}`);

    expect(await detailOf(response)).toEqual([422, expect.stringContaining(query.split("=")[0] ?? "")]);
  });

  test("of what is not there is 404", async () => {
    expect(await detailOf(await app.ask(`GET /threads/${UUID}/runs`))).toEqual([
      404,
      `Thread with ID ${UUID} not found`,
    ]);
    expect(await detailOf(await app.ask(`GET /threads/${UUID}/runs/${UUID}`))).toEqual([404, "Run not found"]);
  });
});

describe("cancel", () => {
  test("of a waiting run ends it", async () => {
    const thread_id = await app.thread();
    const { run_id } = await jsonOf(await app.ask(`POST /threads/${thread_id}/runs`, runBody()));
    const path = `/threads/${thread_id}/runs/${run_id}`;

    const cancelled = await app.ask(`POST ${path}/cancel?wait=0&action=interrupt`, "null");

    expect([cancelled.status, await cancelled.text()]).toEqual([202, ""]);
    expect(await (await app.ask(`GET ${path}`)).json()).toMatchObject({ status: "interrupted" });
    expect(await (await app.ask(`GET /threads/${thread_id}`)).json()).toMatchObject({ status: "idle" });
  });

  test("with wait answers when the run has ended", async () => {
    const thread_id = await app.thread();
    const { run_id } = await jsonOf(await app.ask(`POST /threads/${thread_id}/runs`, runBody()));
    const path = `/threads/${thread_id}/runs/${run_id}`;

    const cancelled = await app.ask(`POST ${path}/cancel?wait=1`);

    expect([cancelled.status, await cancelled.json()]).toEqual([200, {}]);
    expect(located(cancelled)).toEqual({ contentLocation: path, location: `${path}/join` });
  });

  test("of an ended run changes nothing", async () => {
    const { path } = await aFinishedRun(app);

    const cancelled = await app.ask(`POST ${path}/cancel`);

    expect(cancelled.status).toBe(202);
    expect(await (await app.ask(`GET ${path}`)).json()).toMatchObject({ status: "success" });
  });

  test("of an unknown run is 404, with an unknown action 422", async () => {
    const { path } = await aFinishedRun(app);

    expect(await detailOf(await app.ask(`POST /threads/${UUID}/runs/${UUID}/cancel`))).toEqual([404, "Run not found"]);
    expect((await detailOf(await app.ask(`POST ${path}/cancel?action=bogus`)))[0]).toBe(422);
    expect((await detailOf(await app.ask(`POST ${path}/cancel?wait=bogus`)))[0]).toBe(422);
  });
});
