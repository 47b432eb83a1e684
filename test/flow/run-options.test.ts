/** What a run may be asked to do otherwise: durability, threads made for it, stateless runs, limits. With the stock SDK. */
import { Client } from "@langchain/langgraph-sdk";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { json, post, readFrames } from "../support/sse.ts";

let server: SharedServer;
let client: Client;
beforeAll(async () => {
  server = await goldenServer();
  client = new Client({ apiUrl: server.url, apiKey: null });
});
afterAll(() => server.stop());

const input = { topic: "ice" };
const finalState = { topic: "ice and cats", joke: "This is a joke about ice and cats" };
const historyOf = (thread_id: string) => client.threads.getHistory(thread_id, { limit: 100 });
const pathOf = (response: Response): string => response.headers.get("content-location") ?? "";

describe("durability", () => {
  it.each([
    ["sync", 4],
    ["async", 4],
    ["exit", 1],
  ] as const)("%s: %d checkpoints of a run of two nodes, the same result", async (durability, count) => {
    const { thread_id } = await client.threads.create();

    const values = await client.runs.wait(thread_id, "agent", { input, durability });

    const history = await historyOf(thread_id);
    expect(values).toEqual(finalState);
    expect(history).toHaveLength(count);
    expect(history[0]?.values).toEqual(finalState);
    expect((await client.threads.get(thread_id)).values).toEqual(finalState);
  });

  it("exit: an interrupt is kept all the same, and answered", async () => {
    const { thread_id } = await client.threads.create();

    await client.runs.wait(thread_id, "hitl", { input: { some_text: "a" }, durability: "exit" });
    const waiting = await client.threads.get(thread_id);
    const answered = await client.runs.wait(thread_id, "hitl", { command: { resume: "b" }, durability: "exit" });

    expect(waiting.status).toBe("interrupted");
    expect(Object.values(waiting.interrupts).flat()).toMatchObject([{ value: { text_to_revise: "a" } }]);
    expect(answered).toEqual({ some_text: "b" });
  });

  it("exit: a failing run keeps what it had", async () => {
    const { thread_id } = await client.threads.create();

    await client.runs.wait(thread_id, "boom", { input: { foo: "foo" }, durability: "exit", raiseError: false });

    expect((await client.threads.getState(thread_id)).values).toEqual({ foo: "foo!" });
    expect((await client.threads.get(thread_id)).status).toBe("error");
  });

  it("checkpoint_during: false is exit by its old name; durability goes before it", async () => {
    const counts = await Promise.all(
      [{ checkpoint_during: false }, { checkpoint_during: true }, { checkpoint_during: false, durability: "sync" }].map(
        async (asked) => {
          const { thread_id } = await client.threads.create();
          const path = `${server.url}/threads/${thread_id}/runs/wait`;
          await (await post(path, { assistant_id: "agent", input, ...asked })).text();
          return (await historyOf(thread_id)).length;
        },
      ),
    );

    expect(counts).toEqual([1, 4, 4]);
  });
});

describe("if_not_exists", () => {
  it.each(["", "/stream", "/wait"])(
    "POST …/runs%s: reject is 404 and makes nothing, create makes the thread",
    async (kind) => {
      const thread_id = crypto.randomUUID();
      const path = `${server.url}/threads/${thread_id}/runs${kind}`;
      const body = { assistant_id: "agent", input, metadata: { job: 7 } };

      const refused = [await post(path, body), await post(path, { ...body, if_not_exists: "reject" })];
      const missing = await fetch(`${server.url}/threads/${thread_id}`);
      const made = await post(path, { ...body, if_not_exists: "create" });
      await made.text();

      expect([...refused, missing].map(({ status }) => status)).toEqual([404, 404, 404]);
      expect(made.status).toBe(200);
      const [run] = await client.runs.list(thread_id);
      expect(await client.runs.join(thread_id, run?.run_id ?? "")).toEqual(finalState);
      const { metadata } = await client.threads.get(thread_id);
      expect(metadata).toMatchObject({ graph_id: "agent", assistant_id: run?.assistant_id, job: 7 });
    },
  );
});

describe("a stateless run", () => {
  it("by default leaves no thread; its result and stream can still be read", async () => {
    const response = await post(`${server.url}/runs/stream`, { assistant_id: "agent", input, stream_mode: "updates" });
    const frames = await readFrames(response);
    const thread_id = pathOf(response).split("/")[2] ?? "";

    await expect(client.threads.get(thread_id)).rejects.toThrow("404");
    const again = await fetch(`${server.url}${pathOf(response)}/stream`, { headers: { "last-event-id": "-1" } });
    expect(await readFrames(again)).toEqual(frames);
    expect(await json(fetch(`${server.url}${pathOf(response)}/join`))).toEqual(finalState);
  });

  it("on_completion keep: leaves a thread with its state, and the next run goes on there", async () => {
    const response = await post(`${server.url}/runs/wait`, {
      assistant_id: "agent",
      input,
      on_completion: "keep",
      metadata: { job: 7 },
    });
    await response.text();
    const thread_id = pathOf(response).split("/")[2] ?? "";

    const thread = await client.threads.get(thread_id);
    const next = await client.runs.wait(thread_id, "agent", { input: { topic: "snow" } });

    expect(thread).toMatchObject({ status: "idle", values: finalState, metadata: { graph_id: "agent", job: 7 } });
    expect(next).toMatchObject({ topic: "snow and cats" });
    expect((await historyOf(thread_id)).length).toBe(8);
  });

  it("has a thread of its own, whatever its multitask_strategy: none is in the way of another", async () => {
    const strategies = ["reject", "reject", "interrupt", "interrupt", "rollback", "rollback", "enqueue"];

    const results = await Promise.all(
      strategies.map(async (multitask_strategy) =>
        json(post(`${server.url}/runs/wait`, { assistant_id: "agent", input, multitask_strategy })),
      ),
    );

    expect(results).toEqual(strategies.map(() => finalState));
  });

  it("may stop and ask, though nobody can answer", async () => {
    const frames = await readFrames(
      await post(`${server.url}/runs/stream`, {
        assistant_id: "hitl",
        input: { some_text: "a" },
        stream_mode: "updates",
      }),
    );

    expect(JSON.parse(frames.at(-1)?.data ?? "")).toMatchObject({
      __interrupt__: [{ value: { text_to_revise: "a" } }],
    });
  });
});

describe("recursion_limit", () => {
  it("ends a run that takes more steps with GraphRecursionError, the thread keeps what it has", async () => {
    const { thread_id } = await client.threads.create();
    const body = { assistant_id: "agent", input, config: { recursion_limit: 1 }, stream_mode: "updates" };

    const frames = await readFrames(await post(`${server.url}/threads/${thread_id}/runs/stream`, body));

    const error = JSON.parse(frames.at(-1)?.data ?? "") as { error: string; message: string };
    expect(frames.at(-1)?.event).toBe("error");
    expect(error.error).toBe("GraphRecursionError");
    expect(error.message).toContain("1");
    expect(await client.threads.get(thread_id)).toMatchObject({
      status: "error",
      values: { topic: "ice and cats" },
      error,
    });
    expect((await client.runs.list(thread_id))[0]?.status).toBe("error");
    const config = { recursion_limit: 1 };
    await expect(client.runs.wait(null, "agent", { input, config })).rejects.toThrow("GraphRecursionError");
  });

  it("that is enough does not", async () => {
    expect(await client.runs.wait(null, "agent", { input, config: { recursion_limit: 3 } })).toEqual(finalState);
  });
});
