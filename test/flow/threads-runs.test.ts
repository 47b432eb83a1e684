/** Threads keep state, runs have a life: the endpoints of this release, with the stock JS SDK. */
import { Client } from "@langchain/langgraph-sdk";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { json, post } from "../support/sse.ts";

let server: SharedServer;
let client: Client;
beforeAll(async () => {
  server = await goldenServer();
  client = new Client({ apiUrl: server.url, apiKey: null });
});
afterAll(() => server.stop());

const AGENT_ID = "fe096781-5601-53d2-b2f6-0d3403f7e9ca";
const input = { topic: "ice cream" };
const joke = "This is a joke about ice cream and cats";
const finalState = { topic: "ice cream and cats", joke };
/** Does not end by itself while a test runs. */
const slow = { input: { n: 100_000, delay_ms: 20 } };

describe("threads", () => {
  it("are created, read, patched and deleted", async () => {
    const created = await client.threads.create({ metadata: { color: "red", nested: { a: 1 } } });
    const { thread_id } = created;
    await client.threads.update(thread_id, { metadata: { size: 1, nested: { b: 2 } } });
    const read = await client.threads.get(thread_id);

    expect(created).toMatchObject({ status: "idle", values: null, interrupts: {}, metadata: { color: "red" } });
    expect(read.metadata).toEqual({ color: "red", size: 1, nested: { b: 2 } });
    await client.threads.delete(thread_id);
    await expect(client.threads.get(thread_id)).rejects.toThrow("404");
    await expect(client.threads.delete(thread_id)).rejects.toThrow("404");
  });

  it("raise or give back what exists", async () => {
    const { thread_id } = await client.threads.create();

    await expect(client.threads.create({ threadId: thread_id })).rejects.toThrow("409");
    expect((await client.threads.create({ threadId: thread_id, ifExists: "do_nothing" })).thread_id).toBe(thread_id);
  });

  it("keep state: values, state, history; a run writes graph_id and assistant_id into the metadata", async () => {
    const { thread_id } = await client.threads.create();
    await client.runs.wait(thread_id, "agent", { input, metadata: { of: "this run" } });

    const [thread, state, history] = await Promise.all([
      client.threads.get(thread_id),
      client.threads.getState(thread_id),
      client.threads.getHistory(thread_id, { limit: 10 }),
    ]);

    expect(thread).toMatchObject({ values: finalState, metadata: { graph_id: "agent", assistant_id: AGENT_ID } });
    expect(state).toMatchObject({ values: finalState, next: [], tasks: [], metadata: { of: "this run", step: 2 } });
    expect(state.checkpoint).toMatchObject({ thread_id, checkpoint_ns: "", checkpoint_id: expect.any(String) });
    expect(history.map(({ next }) => next)).toEqual([[], ["generate_joke"], ["refine_topic"], ["__start__"]]);
    const second = await client.threads.getState(thread_id, history[1]?.checkpoint.checkpoint_id ?? "");
    expect(second.values).toEqual({ topic: "ice cream and cats" });
    const before = await client.threads.getHistory(thread_id, {
      limit: 2,
      before: { configurable: { checkpoint_id: history[0]?.checkpoint.checkpoint_id } },
    });
    expect(before).toEqual(history.slice(1, 3));
  });

  it.each([["nope"], [null], ["parent"], [{ a: 1 }]])(
    "E7: keep their state whatever graph_id a caller writes into the metadata: %j",
    async (graph_id) => {
      const { thread_id } = await client.threads.create();
      await client.runs.wait(thread_id, "agent", { input });
      const read = () => Promise.all([client.threads.getState(thread_id), client.threads.getHistory(thread_id)]);
      const before = await read();

      const { metadata } = await client.threads.update(thread_id, { metadata: { graph_id } });

      expect(metadata).toMatchObject({ graph_id });
      expect(before[0].values).toEqual(finalState);
      expect(await read()).toEqual(before);
      expect((await client.threads.get(thread_id)).values).toEqual(finalState);
    },
  );

  it("that never ran have an empty state with a checkpoint that can be indexed, and no history", async () => {
    const { thread_id } = await client.threads.create();

    expect(await client.threads.getState(thread_id)).toMatchObject({
      values: {},
      next: [],
      checkpoint: { thread_id, checkpoint_ns: "", checkpoint_id: null },
    });
    expect(await client.threads.getHistory(thread_id)).toEqual([]);
  });
});

describe("runs", () => {
  it("are created, joined, read and listed, newest first", async () => {
    const { thread_id } = await client.threads.create();
    const first = await client.runs.create(thread_id, "agent", { input });
    const joined = await client.runs.join(thread_id, first.run_id);
    const second = await client.runs.create(thread_id, AGENT_ID, { input });
    await client.runs.join(thread_id, second.run_id);

    const list = await client.runs.list(thread_id);

    expect(first).toMatchObject({ status: "pending", assistant_id: AGENT_ID, thread_id });
    expect(joined).toEqual(finalState);
    expect(list.map(({ run_id, status }) => [run_id, status])).toEqual([
      [second.run_id, "success"],
      [first.run_id, "success"],
    ]);
    expect(await client.runs.get(thread_id, first.run_id)).toMatchObject({
      kwargs: { input, stream_mode: ["values"] },
    });
    expect(await client.runs.list(thread_id, { limit: 1, offset: 1 })).toMatchObject([{ run_id: first.run_id }]);
    expect(await client.runs.list(thread_id, { status: "error" })).toEqual([]);
  });

  it("wait for the result, on a thread and stateless; a failing graph answers 200 with __error__", async () => {
    const { thread_id } = await client.threads.create();
    const response = await post(`${server.url}/runs/wait`, { assistant_id: "boom", input: { foo: "x" } });

    expect(await client.runs.wait(thread_id, "agent", { input })).toEqual(finalState);
    expect(await client.runs.wait(null, "agent", { input })).toEqual(finalState);
    expect(response.status).toBe(200);
    expect(await json(response)).toEqual({ __error__: { error: "BoomError", message: "boom: something broke" } });
    await expect(client.runs.wait(null, "boom", { input: {} })).rejects.toThrow("BoomError: boom: something broke");
  });

  it("wait shows an interrupt beside the values, and resumes with a value and with a map of ids", async () => {
    for (const byId of [false, true]) {
      const { thread_id } = await client.threads.create();
      const asked = (await client.runs.wait(thread_id, "hitl", { input: { some_text: "a" } })) as {
        __interrupt__: { id: string; value: unknown }[];
      };
      const [interrupt] = asked.__interrupt__;
      const resume = byId ? { [interrupt?.id ?? ""]: "b" } : "b";

      const answered = await client.runs.wait(thread_id, "hitl", { command: { resume } });

      expect(asked).toMatchObject({ some_text: "a", __interrupt__: [{ value: { text_to_revise: "a" } }] });
      expect(answered).toEqual({ some_text: "b" });
    }
  });

  it("enqueue: run one after the other, in the order of creation; reject: 409", async () => {
    const { thread_id } = await client.threads.create();
    const gate = crypto.randomUUID();
    const runs = [await client.runs.create(thread_id, "slow", { input: { n: 5, delay_ms: 5, gate } })];

    const refused = client.runs.create(thread_id, "agent", { input, multitaskStrategy: "reject" });
    await expect(refused).rejects.toThrow("409");
    for (let n = 0; n < 2; n++)
      runs.push(await client.runs.create(thread_id, "slow", { input: { n: 5, delay_ms: 5, gate } }));
    await client.runs.wait(null, "open_gate", { input: { gate } });
    await Promise.all(runs.map(({ run_id }) => client.runs.join(thread_id, run_id)));

    const history = await client.threads.getHistory<{ done?: number }>(thread_id, { limit: 100 });
    const order = history.toReversed().map(({ metadata }) => (metadata as { run_id?: string } | undefined)?.run_id);
    expect([...new Set(order)]).toEqual(runs.map(({ run_id }) => run_id));
  });

  it("start on a thread that is made for them, if asked", async () => {
    const thread_id = crypto.randomUUID();

    await expect(client.runs.create(thread_id, "agent", { input })).rejects.toThrow("404");
    const run = await client.runs.create(thread_id, "agent", { input, ifNotExists: "create" });

    expect(await client.runs.join(thread_id, run.run_id)).toEqual(finalState);
    expect((await client.threads.get(thread_id)).metadata).toMatchObject({ graph_id: "agent" });
  });

  it("fork from an earlier checkpoint", async () => {
    const { thread_id } = await client.threads.create();
    await client.runs.wait(thread_id, "agent", { input });
    const history = await client.threads.getHistory(thread_id, { limit: 10 });
    const checkpointId = history[1]?.checkpoint.checkpoint_id ?? "";

    const again = await client.runs.wait(thread_id, "agent", { input: null, checkpointId });

    expect(again).toEqual(finalState);
    const forked = await client.threads.getHistory(thread_id, { limit: 10 });
    const parents = new Map(
      forked.map((state) => [state.checkpoint.checkpoint_id, state.parent_checkpoint?.checkpoint_id]),
    );
    const lineage = [forked[0]?.checkpoint.checkpoint_id];
    while (lineage.at(-1)) lineage.push(parents.get(lineage.at(-1)) ?? undefined);
    expect(lineage).toContain(checkpointId);
    expect(lineage).not.toContain(history[0]?.checkpoint.checkpoint_id);
  });

  it("are cancelled while running: interrupted, the thread keeps its values; again: no-op", async () => {
    const { thread_id } = await client.threads.create();
    const run = await client.runs.create(thread_id, "slow", slow);
    await expect.poll(async () => (await client.runs.get(thread_id, run.run_id)).status).toBe("running");

    await client.runs.cancel(thread_id, run.run_id, true);
    await client.runs.cancel(thread_id, run.run_id);

    expect((await client.runs.get(thread_id, run.run_id)).status).toBe("interrupted");
    expect(await client.threads.get(thread_id)).toMatchObject({ status: "interrupted", values: { n: 100_000 } });
  });

  it("are ended when their thread is deleted, and their readers with them", async () => {
    const { thread_id } = await client.threads.create();
    const response = await post(`${server.url}/threads/${thread_id}/runs/stream`, { assistant_id: "slow", ...slow });

    await client.threads.delete(thread_id);

    await response.text();
    await expect(client.threads.get(thread_id)).rejects.toThrow("404");
  });
});

describe("assistants", () => {
  it("are the graphs, found by graph id and by uuid", async () => {
    const all = await client.assistants.search({ limit: 100 });

    expect(all.map(({ graph_id }) => graph_id)).toContain("agent");
    expect(await client.assistants.get("agent")).toEqual(await client.assistants.get(AGENT_ID));
    expect(await client.assistants.get("agent")).toMatchObject({ version: 1, metadata: { created_by: "system" } });
    await expect(client.assistants.get("nope")).rejects.toThrow("404");
  });
});

describe("the system", () => {
  it("says that it lives and what it is", async () => {
    expect(await json(fetch(`${server.url}/ok`))).toEqual({ ok: true });
    expect(await json(fetch(`${server.url}/info`))).toMatchObject({ version: expect.any(String), flags: {} });
  });
});
