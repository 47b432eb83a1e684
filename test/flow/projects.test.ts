/** Projects elsewhere, each with its own format and its own LangGraph: ESM and CommonJS. */
import { Client } from "@langchain/langgraph-sdk";
import { startServer, type TestServer } from "../support/server.ts";

const GRAPHS = { esm: ["agent"], cjs: ["agent", "default", "unnamed"] };
const EXPECTED = { esm: /Hello, Ada/, cjs: /./ };

describe.each(["esm", "cjs"] as const)("a project in %s", (format) => {
  let server: TestServer;
  let client: Client;
  beforeAll(async () => {
    server = await startServer({ config: `test/fixtures/projects/${format}/langgraph.json` });
    client = new Client({ apiUrl: server.url, apiKey: null });
  });
  afterAll(() => server.stop());

  it.each(GRAPHS[format])("%s runs, keeps its state, and its nodes see messages of their own class", async (graph) => {
    const { thread_id } = await client.threads.create();
    const input = { messages: [{ role: "user", content: "Ada" }] };

    await client.runs.wait(thread_id, graph, { input });
    const result = await client.runs.wait(thread_id, graph, { input });

    const { messages, log } = result as { messages: { type: string; content: string }[]; log: string[] };
    expect(messages.map(({ type }) => type)).toEqual(["human", "ai", "human", "ai"]);
    expect(messages.at(-1)?.content).toMatch(EXPECTED[format]);
    expect(log).toEqual(["human: true", "human: true"]);
  });
});
