/** A project with every kind of export, everything that projects find around them, and a langgraph.json with every oddity. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@langchain/langgraph-sdk";
import { startServer, type TestServer } from "../support/server.ts";

interface Values {
  said?: string[];
  seen?: Record<string, unknown>;
}

const CONFIG = "test/fixtures/projects/served/langgraph.json";
const env = { TEST_READ_AT_IMPORT: "read at import" };
let data: string;
let server: TestServer;
let client: Client;
const start = async () => {
  server = await startServer({ config: CONFIG, data, env });
  client = new Client({ apiUrl: server.url, apiKey: null });
};
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "threadline-served-"));
  await start();
});
afterAll(async () => {
  await server.stop();
  rmSync(data, { recursive: true });
});

const run = async (graph: string, thread_id: string, payload: object = { input: {} }): Promise<Values> =>
  (await client.runs.wait(thread_id, graph, payload)) as Values;
const newThread = async (): Promise<string> => (await client.threads.create()).thread_id;

describe("every kind of export is served", () => {
  test.each([
    ["compiled", "compiled"],
    ["Builder Agent", "builder"],
    ["functional", "functional"],
    ["promise", "promise"],
    ["arrow factory", "arrow factory"],
    ["commonjs", "commonjs"],
  ])("%s", async (graph, said) => {
    const thread_id = await newThread();

    const values = await run(graph, thread_id);

    expect(values).toMatchObject({ said: [said] });
    const { values: kept, next } = await client.threads.getState<Values>(thread_id);
    expect(kept.said).toEqual([said]);
    expect(next).toEqual([]);
  });

  test("a config that was bound to a graph survives", async () => {
    const values = await run("with-config", await newThread());

    expect(values.seen).toEqual({ bound: "by the project", tags: expect.arrayContaining(["tagged"]) });
  });

  test.each(["factory", "async_factory"])("%s is called for each run, with its thread", async (graph) => {
    const [first, second] = [await newThread(), await newThread()];

    const [one, two] = [await run(graph, first), await run(graph, second)];

    expect(one.said?.[0]).toContain(first);
    expect(two.said?.[0]).toContain(second);
    expect(two.seen?.["sandbox"]).not.toBe(one.seen?.["sandbox"]);
  });

  test("two ids of one symbol, and a graph that imports the same file, share one instance of it", async () => {
    const counts: unknown[] = [];
    for (const graph of ["one", "other", "neighbor", "described"])
      counts.push((await run(graph, await newThread())).seen?.["count"]);

    expect(counts).toEqual([1, 2, 3, 4]);
  });

  test("streams with their names, also ids with spaces", async () => {
    const events: string[] = [];
    for await (const { event } of client.runs.stream(null, "Builder Agent", { input: {}, streamMode: ["updates"] }))
      events.push(event);

    const [assistant] = await client.assistants.search({ graphId: "Builder Agent" });
    expect(events).toEqual(["metadata", "updates"]);
    expect(assistant).toMatchObject({ graph_id: "Builder Agent" });
  });
});

test("checkpointer and store compiled in are the server's: they outlive it", async () => {
  const [first, second] = [await newThread(), await newThread()];
  await run("keeper", first);
  await run("keeper", first, { command: { resume: "the sea" } });
  await run("keeper", second);
  await server.stop();
  await start();

  const { tasks } = await client.threads.getState(second);
  const values = await run("keeper", second, { command: { resume: "the hills" } });

  expect(tasks).toMatchObject([{ interrupts: [{ value: "what shall be remembered?" }] }]);
  expect(values).toEqual({ said: ["the hills"], seen: { before: ["the sea"], mine: 0 } });
});

test("a graph finds what lies around it", async () => {
  const values = await run("surroundings", await newThread());

  expect(values.seen).toEqual({
    readAtImport: "read at import",
    awaited: "beside the source",
    byDirectory: "By the working directory.",
    limits: { most: 5 },
    required: 5,
    greeting: "Good day, Ada",
    sum: 5,
    child: "42",
    written: "written",
    shouted: "HELLO",
  });
});

describe("nothing in a langgraph.json is a reason not to start", () => {
  test.each([
    ["missing", "./no-such-file.ts:graph", /no-such-file\.ts/],
    ["no-symbol", "./counted.ts:grapf", /exports no .*grapf.*, only graph/],
    ["throws", "./throws.ts:graph", /TEST_API_KEY_OF_NOBODY is not set/],
    ["broken", "./broken.ts:graph", /broken\.ts:2/],
    ["a number", "", /path/],
  ])("graph %s answers with its cause, and the others run", async (graph, source, cause) => {
    const thread_id = await newThread();
    const { run_id } = await client.runs.create(thread_id, graph, { input: {} });
    const answer = await client.runs.join(thread_id, run_id).catch((error: unknown) => error);

    const { status } = await client.runs.get(thread_id, run_id);
    const fromStart = { headers: { "last-event-id": "-1" } };
    const text = await (await fetch(`${server.url}/threads/${thread_id}/runs/${run_id}/stream`, fromStart)).text();
    expect(status).toBe("error");
    expect(JSON.stringify(answer)).not.toContain("said");
    expect(text).toContain(`Graph \\"${graph}\\" (${source}`);
    expect(text).toMatch(cause);
    expect(await run("compiled", await newThread())).toMatchObject({ said: ["compiled"] });
    // Not a 5xx, which the SDKs repeat.
    expect((await fetch(`${server.url}/assistants/${encodeURIComponent(graph)}/graph`)).status).toBe(422);
  });

  test("what is wrong is printed, a line each", async () => {
    await expect.poll(() => server.output()).toContain("curl ");

    for (const graph of ["missing", "no-symbol", "throws", "broken", "a number"])
      expect(server.output()).toMatch(new RegExp(`^ {2}${graph} +(\\S+ +)?does not load: .+$`, "m"));
    expect(server.output()).not.toContain("    at ");
  });
});
