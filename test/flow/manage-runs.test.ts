/** Runs beside their streams: several at once, deleted, listed, cancelled, answered strictly, with the stock SDK. */
import { Client, type Run } from "@langchain/langgraph-sdk";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { framesOf, json, post } from "../support/sse.ts";
import { asking } from "./asking.ts";

let server: SharedServer;
let client: Client;
beforeAll(async () => {
  server = await goldenServer();
  client = new Client({ apiUrl: server.url, apiKey: null });
});
afterAll(() => server.stop());

const { wait, ask, statusesOf, aThread } = asking(() => client);
const agent = { topic: "ice cream" };
/** Does not end by itself while a test runs. */
const long = { n: 100_000, delay_ms: 20 };
const statusOf = async (thread_id: string, run_id: string) => (await client.runs.get(thread_id, run_id)).status;
const running = (thread_id: string, run_id: string) => expect.poll(() => statusOf(thread_id, run_id)).toBe("running");
const runIdsOf = async (thread_id: string): Promise<unknown[]> =>
  (await client.threads.getHistory(thread_id, { limit: 100 })).map(({ metadata }) => metadata?.["run_id"]);

describe("a batch", () => {
  it("creates stateless runs, in order, as the SDK writes them", async () => {
    const runs: (Run & { kwargs?: object })[] = await client.runs.createBatch([
      { assistantId: "agent", input: { topic: "a" }, streamMode: "updates" },
      { assistantId: "agent", input: { topic: "b" } },
      { assistantId: "slow", input: { n: 1, delay_ms: 1 }, metadata: { last: true } },
    ]);

    expect(runs.map(({ kwargs }) => kwargs)).toMatchObject([
      { input: { topic: "a" }, stream_mode: ["updates"], temporary: true },
      { input: { topic: "b" } },
      { input: { n: 1, delay_ms: 1 } },
    ]);
    expect(runs[2]?.metadata).toMatchObject({ last: true });
    const values = await Promise.all(runs.slice(0, 2).map((run) => client.runs.join(run.thread_id, run.run_id)));
    expect(values).toMatchObject([{ topic: "a and cats" }, { topic: "b and cats" }]);
  });

  it("with a key makes each run once", async () => {
    const batch = (): Promise<Response> =>
      fetch(`${server.url}/runs/batch`, {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": thisKey },
        body: JSON.stringify([{ assistant_id: "agent" }, { assistant_id: "agent" }]),
      });
    const thisKey = crypto.randomUUID();

    const [one, again] = [await json(batch()), await json(batch())].map((runs) =>
      (runs as unknown as { run_id: string }[]).map(({ run_id }) => run_id),
    );

    expect(new Set(one).size).toBe(2);
    expect(again).toEqual(one);
  });

  it.each([
    ["no runs", [], 422, /./],
    ["no list", { assistant_id: "agent" }, 422, /./],
    [
      "a run that is wrong",
      [{ assistant_id: "agent" }, { assistant_id: "agent", stream_mode: "x" }],
      422,
      /1.stream_mode/,
    ],
    [
      "an unknown assistant",
      [{ assistant_id: "agent" }, { assistant_id: "nope" }],
      404,
      /^1: No assistant found for "nope"/,
    ],
    ["a resume", [{ assistant_id: "agent", command: { resume: 1 } }], 400, /^0: .*thread_id when resuming/],
    ["too many", Array.from({ length: 501 }, () => ({ assistant_id: "agent" })), 422, /500/],
  ])("of %s creates none", async (_, body, status, detail) => {
    const response = await post(`${server.url}/runs/batch`, body);

    expect(response.status).toBe(status);
    expect(await json(response)).toEqual({ detail: expect.stringMatching(detail) });
  });
});

describe("a deleted run", () => {
  it("is gone with its checkpoints, and the thread shows what was before", async () => {
    const thread_id = await aThread();
    await wait(thread_id, "agent", { input: { topic: "first" } });
    const before = await client.threads.getState(thread_id);
    const { run_id } = await client.runs.create(thread_id, "agent", { input: { topic: "second" } });
    await client.runs.join(thread_id, run_id);

    await client.runs.delete(thread_id, run_id);

    await expect(client.runs.get(thread_id, run_id)).rejects.toThrow("404");
    await expect(client.runs.delete(thread_id, run_id)).rejects.toThrow("404");
    expect(await client.runs.list(thread_id)).toHaveLength(1);
    expect(await runIdsOf(thread_id)).not.toContain(run_id);
    expect(await client.threads.getState(thread_id)).toEqual(before);
    const thread = await client.threads.get(thread_id);
    expect(thread).toMatchObject({ status: "idle", values: { topic: "first and cats" } });
    expect(await wait(thread_id, "agent", { input: { topic: "third" } })).toMatchObject({ topic: "third and cats" });
  });

  it("leaves what later runs made of it", async () => {
    const thread_id = await aThread();
    const first = await client.runs.create(thread_id, "agent", { input: agent });
    await client.runs.join(thread_id, first.run_id);
    await wait(thread_id, "agent", { input: { topic: "second" } });
    const after = await client.threads.get(thread_id);

    await client.runs.delete(thread_id, first.run_id);

    expect(await client.threads.get(thread_id)).toMatchObject({ values: after.values, status: "idle" });
    expect(await runIdsOf(thread_id)).not.toContain(first.run_id);
  });

  it("that was the only one leaves an empty thread, which waits for nobody", async () => {
    const thread_id = await aThread();
    await ask(thread_id, "review");
    const [run] = await client.runs.list(thread_id);

    await client.runs.delete(thread_id, run?.run_id ?? "");

    const [thread, state] = [await client.threads.get(thread_id), await client.threads.getState(thread_id)];
    expect(thread).toMatchObject({ status: "idle", values: null, interrupts: {} });
    expect(state).toMatchObject({ next: [], tasks: [] });
  });

  it("is stopped first", async () => {
    const thread_id = await aThread();
    const { run_id } = await client.runs.create(thread_id, "slow", { input: long });
    await running(thread_id, run_id);

    await client.runs.delete(thread_id, run_id);

    await expect(client.runs.get(thread_id, run_id)).rejects.toThrow("404");
    expect(await client.threads.get(thread_id)).toMatchObject({ status: "idle" });
    expect(await client.threads.getHistory(thread_id)).toEqual([]);
  });

  it("is refused while another one is in flight, which may go on from it", async () => {
    const thread_id = await aThread();
    await wait(thread_id, "agent", { input: agent });
    const [done] = await client.runs.list(thread_id);
    const { run_id } = await client.runs.create(thread_id, "slow", { input: long });

    await expect(client.runs.delete(thread_id, done?.run_id ?? "")).rejects.toThrow(/409.*in flight/);

    await client.runs.cancel(thread_id, run_id, true);
    await client.runs.delete(thread_id, done?.run_id ?? "");
  });
});

it("a run whose cancel was accepted is not shown as running any more", async () => {
  const thread_id = await aThread();
  const { run_id } = await client.runs.create(thread_id, "slow", { input: long });
  await running(thread_id, run_id);

  await client.runs.cancel(thread_id, run_id);

  expect(await statusOf(thread_id, run_id)).toBe("interrupted");
  expect(await client.runs.list(thread_id, { status: "running" })).toEqual([]);
  expect(await client.runs.list(thread_id, { status: "interrupted" })).toMatchObject([{ run_id }]);
  await client.runs.join(thread_id, run_id);
  expect(await statusOf(thread_id, run_id)).toBe("interrupted");
});

it("runs are listed by status, in pages, with what was asked for", async () => {
  const thread_id = await aThread();
  const runs = [];
  for (const topic of ["a", "b", "c"]) {
    runs.unshift(await client.runs.create(thread_id, "agent", { input: { topic } }));
    await client.runs.join(thread_id, runs[0]?.run_id ?? "");
  }
  const ids = runs.map(({ run_id }) => run_id);

  const page = await client.runs.list(thread_id, { limit: 2, offset: 1, select: ["run_id"] });
  const done = await client.runs.list(thread_id, { status: "success", select: ["run_id", "status", "cancel_reason"] });

  expect(page).toEqual(ids.slice(1).map((run_id) => ({ run_id })));
  expect(done).toEqual(ids.map((run_id) => ({ run_id, status: "success", cancel_reason: null })));
  expect(await client.runs.list(thread_id, { status: "error" })).toEqual([]);
  expect(await client.runs.list(thread_id, { offset: 3 })).toEqual([]);
  const all = "select=kwargs&select=langsmith_session_name&select=multitask_strategy";
  expect(await (await fetch(`${server.url}/threads/${thread_id}/runs?limit=1&${all}`)).json()).toEqual([
    {
      kwargs: expect.objectContaining({ input: { topic: "c" } }),
      langsmith_session_name: null,
      multitask_strategy: "enqueue",
    },
  ]);
  const wrong = await fetch(`${server.url}/threads/${thread_id}/runs?select=secret`);
  expect([wrong.status, await json(wrong)]).toEqual([422, { detail: expect.stringContaining("select") }]);
});

describe("strict resume", () => {
  it("of an interrupt that does not wait fails, and leaves the thread as it was", async () => {
    const thread_id = await aThread();
    const asked = await ask(thread_id, "review");
    const before = await client.threads.get(thread_id);
    const resume = { ["0".repeat(32)]: "yes" };

    const result = await wait(thread_id, "review", { command: { resume }, strictResume: true, raiseError: false });

    expect(result).toMatchObject({ __error__: { error: "UnknownInterruptError" } });
    expect(await statusesOf(thread_id)).toEqual({ thread: "interrupted", run: "error" });
    const { updated_at: _, ...after } = await client.threads.get(thread_id);
    expect(before).toMatchObject(after);
    const [{ id } = { id: "" }] = asked.__interrupt__;
    const answered = await wait(thread_id, "review", { command: { resume: { [id]: "yes" } }, strictResume: true });
    expect(answered).toMatchObject({ answer: "yes" });
  });

  it("of a thread that waits for nothing fails, too, and without it is ignored", async () => {
    const thread_id = await aThread();
    await wait(thread_id, "agent", { input: agent });

    const strict = { command: { resume: "yes" }, strictResume: true, raiseError: false };
    expect(await wait(thread_id, "agent", strict)).toMatchObject({ __error__: { error: "UnknownInterruptError" } });

    expect(await statusesOf(thread_id)).toEqual({ thread: "idle", run: "error" });
    expect((await client.threads.get(thread_id)).values).toMatchObject({ topic: "ice cream and cats" });
    await wait(thread_id, "agent", { command: { resume: "yes" } });
    expect(await statusesOf(thread_id)).toMatchObject({ run: "success" });
  });
});

describe("a stream", () => {
  it("has four modes at once, and takes keys that are not known", async () => {
    const response = await post(`${server.url}/runs/stream`, {
      assistant_id: "tokens",
      input: { n: 3 },
      stream_mode: ["values", "updates", "messages-tuple", "events"],
      feedback_keys: ["liked"],
      langsmith_tracer: { project_name: "p", example_id: "e" },
      raise_error: true,
      unknown: { nested: [1] },
    });

    const names = new Set(framesOf(await response.text()).map(({ event }) => event));
    expect(names).toEqual(new Set(["metadata", "values", "updates", "messages", "events"]));
  });

  it("shows the namespaces that were asked for alone, also after a reconnect", async () => {
    const thread_id = await aThread();
    const body = { assistant_id: "parent", input: { foo: "" }, stream_mode: ["updates"], stream_subgraphs: true };
    const all = framesOf(await (await post(`${server.url}/threads/${thread_id}/runs/stream`, body)).text());
    const [run] = await client.runs.list(thread_id);
    const inner = all.map(({ event }) => event).find((event) => event?.includes("|")) ?? "";
    const namespace = inner.slice(inner.indexOf("|") + 1);
    const query = new URLSearchParams([["namespace", namespace]]).toString();

    const joined = await fetch(`${server.url}/threads/${thread_id}/runs/${run?.run_id}/stream?${query}`, {
      headers: { "last-event-id": "-1" },
    });

    expect(joined.headers.get("location")).toContain(query);
    const events = framesOf(await joined.text()).map(({ event }) => event);
    expect(new Set(events)).toEqual(new Set(["metadata", inner]));
    const root = await fetch(`${server.url}/threads/${thread_id}/runs/${run?.run_id}/stream?namespace=`, {
      headers: { "last-event-id": "-1" },
    });
    expect(new Set(framesOf(await root.text()).map(({ event }) => event))).toEqual(new Set(["metadata", "updates"]));
  });
});
