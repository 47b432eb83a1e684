/** What the streaming guide shows, with the stock JS SDK, on the example project. */
import { Client } from "@langchain/langgraph-sdk";
import { startServer, type TestServer } from "../support/server.ts";

let server: TestServer;
let client: Client;
beforeAll(async () => {
  server = await startServer({ config: "langgraph.json" });
  client = new Client({ apiUrl: server.url, apiKey: null });
});
afterAll(() => server.stop());

const input = { topic: "ice cream" };
const REFINED = { refine_topic: { topic: "ice cream and cats" } };
const JOKE = { generate_joke: { joke: "This is a joke about ice cream and cats" } };

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const chunks: T[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

describe("the guide", () => {
  it("streams a run on a thread: metadata, one update a node, nothing after", async () => {
    const { thread_id } = await client.threads.create();

    const chunks = await collect(client.runs.stream(thread_id, "agent", { input, streamMode: "updates" }));

    expect(chunks.map(({ event, data }) => [event, data])).toEqual([
      ["metadata", { run_id: expect.any(String), attempt: 1 }],
      ["updates", REFINED],
      ["updates", JOKE],
    ]);
    expect((await client.threads.get(thread_id)).status).toBe("idle");
  });

  it("streams a stateless run that leaves no thread behind, and whose stream can be joined afterwards", async () => {
    let created: { run_id: string; thread_id?: string } | undefined;
    const onRunCreated = (run: { run_id: string; thread_id?: string }) => {
      created = run;
    };

    const chunks = await collect(client.runs.stream(null, "agent", { input, streamMode: "updates", onRunCreated }));
    const run_id = created?.run_id ?? "";
    const again = await collect(client.runs.joinStream(null, run_id, { lastEventId: "-1" }));

    expect(chunks.slice(1).map(({ data }) => data)).toEqual([REFINED, JOKE]);
    expect(again).toEqual(chunks);
    await expect(client.threads.get(created?.thread_id ?? "")).rejects.toThrow("404");
  });

  it("joins a background run", async () => {
    const { thread_id } = await client.threads.create();
    const run = await client.runs.create(thread_id, "progress", { input: { steps: 2 }, streamMode: "custom" });

    const chunks = await collect(client.runs.joinStream(thread_id, run.run_id, { lastEventId: "-1" }));

    expect(chunks[0]).toMatchObject({ event: "metadata", data: { run_id: run.run_id } });
    expect(chunks.slice(1).map(({ data }) => data)).toEqual([
      { step: 1, of: 2 },
      { step: 2, of: 2 },
    ]);
    expect((await client.runs.get(thread_id, run.run_id)).status).toBe("success");
  });

  it("streams several modes at once", async () => {
    const chunks = await collect(client.runs.stream(null, "agent", { input, streamMode: ["values", "updates"] }));

    expect(chunks.slice(1).map(({ event, data }) => [event, data])).toEqual([
      ["values", input],
      ["updates", REFINED],
      ["values", { topic: "ice cream and cats" }],
      ["updates", JOKE],
      ["values", { topic: "ice cream and cats", joke: "This is a joke about ice cream and cats" }],
    ]);
  });

  it("streams subgraphs with their namespaces", async () => {
    const chunks = await collect(
      client.runs.stream(null, "subgraphs", { input: { foo: "foo" }, streamMode: "updates", streamSubgraphs: true }),
    );

    expect(chunks.slice(1).map(({ event, data }) => [event.replace(/:[0-9a-f-]{36}$/, ":<task>"), data])).toEqual([
      ["updates", { node_1: { foo: "hi! foo" } }],
      ["updates|node_2:<task>", { subgraph_node_1: { bar: "bar" } }],
      ["updates|node_2:<task>", { subgraph_node_2: { foo: "hi! foobar" } }],
      ["updates", { node_2: { foo: "hi! foobar" } }],
    ]);
  });

  it("streams the tokens of a chat whose model the node only invokes, with the node in their metadata", async () => {
    const { thread_id } = await client.threads.create();
    const question = { messages: [{ role: "user", content: "What is the weather in Paris?" }] };

    const chunks = await collect(
      client.runs.stream(thread_id, "chat", { input: question, streamMode: "messages-tuple" }),
    );

    const tokens = chunks
      .filter(({ event }) => event === "messages")
      .map(({ data }) => data as [{ content: string }, object]);
    expect(tokens.length).toBeGreaterThan(3);
    for (const [, metadata] of tokens) expect(metadata).toMatchObject({ langgraph_node: expect.any(String) });
    const state = await client.threads.getState<{ messages: { type: string; content: string }[] }>(thread_id);
    expect(tokens.at(-1)?.[0]).toBeDefined();
    expect(state.values.messages.map(({ type }) => type)).toEqual(["human", "ai", "tool", "ai"]);
  });

  it("stops at an interrupt and goes on with the answer", async () => {
    const { thread_id } = await client.threads.create();

    const asked = await collect(
      client.runs.stream(thread_id, "approval", { input: { request: "a refund" }, streamMode: "updates" }),
    );
    const [waiting, state] = [await client.threads.get(thread_id), await client.threads.getState(thread_id)];
    const answered = await collect(
      client.runs.stream(thread_id, "approval", { command: { resume: true }, streamMode: "updates" }),
    );

    expect(asked.at(-1)?.data).toMatchObject({ __interrupt__: [{ id: expect.any(String), value: expect.anything() }] });
    expect(waiting.status).toBe("interrupted");
    expect(waiting.values).toEqual(state.values);
    expect(Object.values(waiting.interrupts).flat()).toHaveLength(1);
    expect(answered.length).toBeGreaterThan(1);
    expect(await client.threads.get(thread_id)).toMatchObject({ status: "idle", interrupts: {} });
  });
});
