/** Copies of threads, pruned threads, and what a thread takes, with the stock SDK. */
import { randomUUID } from "node:crypto";
import { Client } from "@langchain/langgraph-sdk";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { json, post } from "../support/sse.ts";
import { PATIENCE } from "../support/patience.ts";

let server: SharedServer;
let client: Client;
beforeAll(async () => {
  server = await goldenServer();
  client = new Client({ apiUrl: server.url });
});
afterAll(() => server.stop());

const UNKNOWN = "00000000-0000-4000-8000-000000000000";
const aRun = async (graph = "agent", input: object = { topic: "whales" }) => {
  const { thread_id } = await client.threads.create({ metadata: { colour: "blue" } });
  await client.runs.wait(thread_id, graph, { input: { ...input } });
  return thread_id;
};
/** History as it is, apart from the thread's id. */
const historyOf = async (thread_id: string) =>
  JSON.parse(
    JSON.stringify(await client.threads.getHistory(thread_id, { limit: 100 })).replaceAll(thread_id, "T"),
  ) as unknown[];
const storageOf = (thread_id: string) => json(fetch(`${server.url}/threads/${thread_id}/storage`));

describe("copy", () => {
  test("has the state and history of its source, and goes its own way", async () => {
    const source = await aRun();
    const before = await historyOf(source);

    const copy = (await client.threads.copy(source)) as unknown as { thread_id: string };
    await expect(historyOf(copy.thread_id)).resolves.toEqual(before);
    expect(copy).toMatchObject({ status: "idle", metadata: { colour: "blue", graph_id: "agent" } });
    expect((await client.threads.get(copy.thread_id)).values).toEqual((await client.threads.get(source)).values);
    expect(await client.runs.list(copy.thread_id)).toEqual([]);
    await client.runs.wait(copy.thread_id, "agent", { input: { topic: "ships" } });

    expect(await historyOf(source)).toEqual(before);
    expect(await historyOf(copy.thread_id)).toHaveLength(before.length * 2);
  });

  test("of a thread that waits can be answered, beside its source", async () => {
    const source = await aRun("hitl", { some_text: "x" });

    const { thread_id } = (await client.threads.copy(source)) as unknown as { thread_id: string };
    const asked = await client.threads.get(thread_id);
    const answered = await client.runs.wait(thread_id, "hitl", { command: { resume: "y" } });

    expect(asked.status).toBe("interrupted");
    expect(asked.interrupts).toEqual((await client.threads.get(source)).interrupts);
    expect(answered).toEqual({ some_text: "y" });
    expect((await client.threads.get(source)).status).toBe("interrupted");
  });

  test("of a thread that never ran is one that never ran; of an unknown one there is none", async () => {
    const { thread_id } = await client.threads.create();
    const copy = (await client.threads.copy(thread_id)) as unknown as { thread_id: string; values: unknown };

    expect(copy.values).toBeNull();
    expect(await client.threads.getHistory(copy.thread_id)).toEqual([]);
    expect((await post(`${server.url}/threads/${UNKNOWN}/copy`, {})).status).toBe(404);
    expect((await post(`${server.url}/threads/x/copy`, {})).status).toBe(422);
  });
});

describe("prune", () => {
  test("keep_latest keeps the state and a question, drops the rest, and runs go on", async () => {
    const [ran, asked] = [await aRun(), await aRun("hitl", { some_text: "x" })];
    await client.runs.wait(ran, "agent", { input: { topic: "x".repeat(50_000) } });
    await client.runs.wait(ran, "agent", { input: { topic: "ships" } });
    const states = await Promise.all([ran, asked].map((id) => client.threads.getState(id)));
    const before = await storageOf(ran);

    const pruned = await client.threads.prune([ran, asked, UNKNOWN], { strategy: "keep_latest" });

    expect(pruned).toEqual({ pruned_count: 2 });
    for (const [i, id] of [ran, asked].entries()) {
      expect(await client.threads.getState(id)).toEqual(states[i]);
      expect(await client.threads.getHistory(id)).toHaveLength(1);
    }
    expect((await storageOf(ran))["total_bytes"]).toBeLessThan(Number(before["total_bytes"]) / 2);
    expect(await client.runs.wait(asked, "hitl", { command: { resume: "y" } })).toEqual({ some_text: "y" });
    expect(await client.runs.wait(ran, "agent", { input: { topic: "a" } })).toMatchObject({ topic: "a and cats" });
  });

  test("delete deletes, and is the default", async () => {
    const [one, other] = [await aRun(), await aRun()];

    expect(await client.threads.prune([one, one, other])).toEqual({ pruned_count: 2 });

    for (const id of [one, other]) await expect(client.threads.get(id)).rejects.toThrow(/404/);
  });

  test.each([
    ["no list", {}, /thread_ids/],
    ["an id that is no UUID", { thread_ids: ["x"] }, /UUID/],
    ["an unknown strategy", { thread_ids: [randomUUID()], strategy: "some" }, /strategy/],
  ])("bad input: %s", async (_name, body, detail) => {
    const response = await post(`${server.url}/threads/prune`, body);

    expect(response.status).toBe(422);
    expect((await json(response)).detail).toMatch(detail);
  });
});

test("storage counts checkpoints, values once, and pending writes", async () => {
  const thread_id = await aRun("hitl", { some_text: "x".repeat(20_000) });

  const storage = await storageOf(thread_id);

  expect(storage).toMatchObject({
    thread_id,
    checkpoints: { count: (await client.threads.getHistory(thread_id, { limit: 100 })).length },
    pending_writes: { count: expect.any(Number) as number },
  });
  const { by_channel } = storage["channel_values"] as {
    by_channel: Record<string, { versions: number; bytes: number }>;
  };
  expect(by_channel["some_text"]?.versions).toBe(1);
  expect(by_channel["some_text"]?.bytes).toBeGreaterThan(10);
  expect((await fetch(`${server.url}/threads/${UNKNOWN}/storage`)).status).toBe(404);
});

describe("ttl", () => {
  const SOON = 0.02;

  test("is shown if it is asked for, and a thread whose time is over is gone", async () => {
    const thread = await client.threads.create({ ttl: 60 });
    const shown = await json(fetch(`${server.url}/threads/${thread.thread_id}?include=ttl`));
    expect(shown["ttl"]).toMatchObject({ strategy: "delete", ttl_minutes: 60 });
    expect(await client.threads.get(thread.thread_id)).not.toHaveProperty("ttl");
    await client.runs.wait(thread.thread_id, "agent", { input: { topic: "x" } });

    await client.threads.update(thread.thread_id, { ttl: SOON });

    await vi.waitFor(() => expect(client.threads.get(thread.thread_id)).rejects.toThrow(/404/), PATIENCE);
    await expect(client.threads.getState(thread.thread_id)).rejects.toThrow(/404/);
    await expect(client.runs.list(thread.thread_id)).rejects.toThrow(/404/);
    expect(await client.threads.search({ ids: [thread.thread_id] })).toEqual([]);
    await client.threads.create({ threadId: thread.thread_id });
    expect(await client.threads.getHistory(thread.thread_id)).toEqual([]);
  });

  test.each([[0], [-1], ["soon"], [{ strategy: "some", ttl: 1 }], [{ strategy: "delete" }], [1e300]])(
    "bad input: %j",
    async (ttl) => {
      const { thread_id } = await client.threads.create();

      const [created, patched] = await Promise.all([
        post(`${server.url}/threads`, { ttl }),
        fetch(`${server.url}/threads/${thread_id}`, {
          method: "PATCH",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ ttl }),
        }),
      ]);

      expect([created.status, patched.status]).toEqual([422, 422]);
      expect((await json(created)).detail).toMatch(/^ttl/);
      expect(await json(fetch(`${server.url}/threads/${thread_id}?include=ttl`))).not.toHaveProperty("ttl");
    },
  );
});
