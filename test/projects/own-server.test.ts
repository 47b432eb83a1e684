/** Graphs that are clients of their own server, by every address that projects use, with and without a key. */
import { createHash } from "node:crypto";
import { Client } from "@langchain/langgraph-sdk";
import { startServer, type TestServer } from "../support/server.ts";

const KEY = "a-key-of-the-people-outside";
const locked = { THREADLINE_AUTH: "key", THREADLINE_API_KEY_SHA256: createHash("sha256").update(KEY).digest("hex") };

type Report = Record<string, unknown>;

const CONFIG = "test/fixtures/projects/clients/langgraph.json";
const WAYS = ["no URL", "LANGGRAPH_API_URL", "PORT"];

let server: TestServer;
let client: Client;
const serve = (env: Record<string, string>) => async () => {
  server = await startServer({ config: CONFIG, env });
  client = new Client({ apiUrl: server.url, apiKey: KEY });
};

async function run(input: Report): Promise<Report> {
  const { thread_id } = await client.threads.create();
  const config = { configurable: { parent_secret: "for the parent alone" } };
  const values = (await client.runs.wait(thread_id, "parent", { input, config })) as { report: Report };
  return values.report;
}

describe("a graph calls its own server, open to all", () => {
  beforeAll(serve({ LANGGRAPH_API_KEY: "" }));
  afterAll(() => server.stop());

  test.each(WAYS)("by %s: creates a thread and a run, and joins it", async (way) => {
    const { thread_id, ...report } = await run({ job: "create", way });

    const thread = await client.threads.get(String(thread_id));
    expect(thread.metadata).toMatchObject({ made: "by a node" });
    const surroundings = { parent_secret: null, thread_id };
    expect(report).toEqual({ status: "success", values: { word: "hello", said: "child heard hello", surroundings } });
  });

  test.each(WAYS)("by %s: streams a run", async (way) => {
    const { events } = await run({ job: "stream", way });

    expect(events).toEqual(["metadata", "values", "updates", "values"]);
  });

  test.each(WAYS)("by %s: is its own child, several times over", async (way) => {
    const report = await run({ job: "family", way, depth: 3 });

    expect(report).toEqual({ depth: 3, child: { depth: 2, child: { depth: 1, child: { depth: 0 } } } });
  });

  test("waits for a run, which knows nothing of the run that asked", async () => {
    const { thread_id, values } = await run({ job: "wait", way: "no URL" });

    expect(values).toMatchObject({ said: "child heard hello", surroundings: { parent_secret: null, thread_id } });
  });

  test("cancels a run and waits for its end", async () => {
    const { status } = await run({ job: "cancelChild", way: "no URL" });

    expect(status).toBe("interrupted");
  });

  test("cancels its own run", async () => {
    const { thread_id } = await client.threads.create();
    const input = { job: "cancelSelf", way: "no URL" };
    const { run_id } = await client.runs.create(thread_id, "parent", { input });

    await client.runs.join(thread_id, run_id);

    expect(await client.runs.get(thread_id, run_id)).toMatchObject({ status: "interrupted" });
  });

  test("has a graph of it as a node, by RemoteGraph", async () => {
    const { thread_id } = await client.threads.create();

    const values = await client.runs.wait(thread_id, "remote", { input: { word: "hello" } });

    expect(values).toMatchObject({ said: "child heard hello" });
  });

  test("is told when such a node would wait for its own run: RemoteGraph without a thread takes the run's", async () => {
    const { thread_id } = await client.threads.create();

    const values = await client.runs.wait(thread_id, "inherits", { input: { word: "hello" }, raiseError: false });
    const runs = await client.runs.list(thread_id);

    expect(values).toMatchObject({ __error__: { message: expect.stringContaining("Give the inner call a thread") } });
    expect(runs.map(({ status }) => status)).toEqual(["error"]);
  });
});

describe.each([
  ["that the environment has, too", KEY],
  ["while the environment has that of something else", "lsv2_of_something_else"],
])("a graph calls its own server behind a key %s", (_, key) => {
  beforeAll(serve({ ...locked, LANGGRAPH_API_KEY: key }));
  afterAll(() => server.stop());

  test.each(WAYS)("by %s", async (way) => {
    expect(await run({ job: "create", way })).toMatchObject({ status: "success" });
  });

  test("others still need the key", async () => {
    const stranger = new Client({ apiUrl: server.url, apiKey: "guessed", callerOptions: { maxRetries: 0 } });

    await expect(stranger.threads.create()).rejects.toThrow(/401/);
  });
});
