/** Assistants, and what they tell of their graphs, with the stock SDK. */
import { Client } from "@langchain/langgraph-sdk";
import { startServer, type TestServer } from "../support/server.ts";
import { json } from "../support/sse.ts";

let server: TestServer;
let client: Client;
beforeAll(async () => {
  server = await startServer({ config: "test/fixtures/golden/langgraph.json" });
  client = new Client({ apiUrl: server.url, apiKey: null });
});
afterAll(() => server.stop());

describe("what a graph is made of", () => {
  it("is drawn, by graph id and by uuid", async () => {
    const [{ assistant_id } = { assistant_id: "" }] = await client.assistants.search({ graphId: "agent" });
    const byName = await client.assistants.getGraph("agent");

    expect(await client.assistants.getGraph(assistant_id)).toEqual(byName);
    expect(byName.nodes.map(({ id }) => id)).toEqual(expect.arrayContaining(["__start__", "__end__"]));
    expect(byName.edges).toEqual(expect.arrayContaining([expect.objectContaining({ source: "__start__" })]));
  });

  it("is drawn with its subgraphs, to a depth or all", async () => {
    const idsOf = async (xray?: boolean | number) =>
      (await client.assistants.getGraph("parent", xray === undefined ? {} : { xray })).nodes.map(({ id }) => id);

    const [plain, none, one, all] = [await idsOf(), await idsOf(false), await idsOf(1), await idsOf(true)];

    expect(plain).toContain("node_2");
    expect(none).toEqual(plain);
    expect(one).toEqual(all);
    expect(all.some((id) => String(id).startsWith("node_2:"))).toBe(true);
  });

  it("has schemas, of its subgraphs, too", async () => {
    const schemas = await client.assistants.getSchemas("tool_agent");
    const subgraphs = await client.assistants.getSubgraphs("parent", { recurse: true });
    const [namespace = ""] = Object.keys(subgraphs);

    expect(schemas).toMatchObject({ graph_id: "tool_agent", input_schema: { properties: { messages: {} } } });
    expect(subgraphs[namespace]).toMatchObject({ state_schema: { properties: { foo: {}, bar: {} } } });
    expect(await client.assistants.getSubgraphs("parent", { namespace })).toEqual(subgraphs);
    expect(await client.assistants.getSubgraphs("parent", { namespace: "nobody" })).toEqual({});
  });
});

describe("stored assistants", () => {
  it("have versions, of which one is the latest", async () => {
    const { assistant_id, ...made } = await client.assistants.create({
      graphId: "agent",
      name: "Ada",
      context: { model: "small" },
      metadata: { owner: "ada" },
    });
    const changed = await client.assistants.update(assistant_id, { config: { tags: ["t"] }, metadata: { more: 1 } });
    const again = await client.assistants.update(assistant_id, {});
    const versions = await client.assistants.getVersions(assistant_id);
    const first = await client.assistants.setLatest(assistant_id, 1);
    const next = await client.assistants.update(assistant_id, {});

    expect(made).toMatchObject({
      version: 1,
      context: { model: "small" },
      config: { configurable: { model: "small" } },
    });
    expect(changed).toMatchObject({ version: 2, config: { tags: ["t"] }, metadata: { owner: "ada", more: 1 } });
    expect(again.version).toBe(3);
    expect(versions.map(({ version }) => version)).toEqual([3, 2, 1]);
    expect(first).toMatchObject({ version: 1, metadata: { owner: "ada" } });
    expect(next.version).toBe(4);
    expect(await client.assistants.get(assistant_id)).toEqual(next);
    await expect(client.assistants.setLatest(assistant_id, 99)).rejects.toThrow(/404.*version not found/);

    await client.assistants.delete(assistant_id);
    await expect(client.assistants.get(assistant_id)).rejects.toThrow("404");
    await expect(client.assistants.getVersions(assistant_id)).rejects.toThrow("404");
    await expect(client.assistants.delete(assistant_id)).rejects.toThrow("404");
  });

  it("give their config, context and metadata to runs, which may say more", async () => {
    const { assistant_id } = await client.assistants.create({
      graphId: "agent",
      config: { tags: ["of-assistant"], recursion_limit: 7, configurable: { model: "small", voice: "deep" } },
      metadata: { owner: "ada", kind: "assistant" },
    });
    const { thread_id } = await client.threads.create({ metadata: { kind: "thread" } });

    const run = await client.runs.create(thread_id, assistant_id, {
      input: { topic: "ice cream" },
      context: { model: "large" },
      metadata: { asked: true },
    });
    const values = await client.runs.join(thread_id, run.run_id);

    const settings = { model: "large", voice: "deep" };
    expect(run).toMatchObject({
      assistant_id,
      metadata: { owner: "ada", kind: "thread", asked: true, graph_id: "agent", assistant_id },
      kwargs: {
        config: { tags: ["of-assistant"], recursion_limit: 7, configurable: settings },
        context: settings,
      },
    });
    expect(values).toMatchObject({ topic: "ice cream and cats" });
    expect((await client.threads.get(thread_id)).metadata).toMatchObject({ assistant_id, graph_id: "agent" });
    expect(await client.assistants.getGraph(assistant_id)).toEqual(await client.assistants.getGraph("agent"));
  });

  it("take their threads with them, if that is asked for", async () => {
    const { assistant_id } = await client.assistants.create({ graphId: "agent" });
    const input = { topic: "ice cream" };
    const [mine, other] = [await client.threads.create(), await client.threads.create()];
    await client.runs.wait(mine.thread_id, assistant_id, { input });
    await client.runs.wait(other.thread_id, "agent", { input });

    await client.assistants.delete(assistant_id, { deleteThreads: true });

    await expect(client.assistants.get(assistant_id)).rejects.toThrow("404");
    await expect(client.threads.get(mine.thread_id)).rejects.toThrow("404");
    expect(await client.threads.get(other.thread_id)).toMatchObject({ status: "idle" });
  });

  it("are searched in pages, with the number of all", async () => {
    const owner = crypto.randomUUID();
    for (const name of ["b", "c", "a"]) await client.assistants.create({ graphId: "agent", name, metadata: { owner } });

    const first = await client.assistants.search({
      metadata: { owner },
      limit: 2,
      sortBy: "name",
      sortOrder: "asc",
      includePagination: true,
    });
    const rest = await client.assistants.search({
      metadata: { owner },
      limit: 2,
      offset: 2,
      sortBy: "name",
      sortOrder: "asc",
      select: ["name"],
    });

    expect(first).toMatchObject({ assistants: [{ name: "a" }, { name: "b" }], next: "2" });
    expect(rest).toEqual([{ name: "c" }]);
    expect(await client.assistants.count({ metadata: { owner } })).toBe(3);
  });
});

const UNKNOWN = "00000000-0000-4000-8000-000000000000";
const AGENT = "fe096781-5601-53d2-b2f6-0d3403f7e9ca";
const all = () => client.assistants.search({ limit: 1_000 });

describe("bad input", () => {
  it.each([
    ["GET", `/assistants/${UNKNOWN}/graph`, undefined, 404, /Assistant not found/],
    ["GET", "/assistants/nope/schemas", undefined, 404, /Assistant not found/],
    ["GET", "/assistants/nope/subgraphs/x", undefined, 404, /Assistant not found/],
    ["GET", "/assistants/agent/graph?xray=deep", undefined, 422, /xray/],
    ["GET", "/assistants/agent/graph?xray=-1", undefined, 422, /xray/],
    ["GET", "/assistants/agent/subgraphs?recurse=5", undefined, 422, /recurse/],
    ["POST", "/assistants/agent/graph", {}, 405, /Method/],
    ["POST", "/assistants", {}, 422, /graph_id/],
    ["POST", "/assistants", { graph_id: "nope" }, 404, /Graph "nope" not found/],
    ["POST", "/assistants", { graph_id: 5 }, 422, /graph_id/],
    ["POST", "/assistants", { graph_id: "agent", assistant_id: "x" }, 422, /assistant_id/],
    ["POST", "/assistants", { graph_id: "agent", assistant_id: AGENT }, 409, /already exists/],
    ["POST", "/assistants", { graph_id: "agent", config: [] }, 422, /config/],
    ["POST", "/assistants", { graph_id: "agent", config: { recursion_limit: 0 } }, 422, /config\.recursion_limit/],
    ["POST", "/assistants", { graph_id: "agent", context: "x" }, 422, /context/],
    ["POST", "/assistants", { graph_id: "agent", metadata: 5 }, 422, /metadata/],
    ["POST", "/assistants", { graph_id: "agent", metadata: { x: "y".repeat(40_000) } }, 422, /metadata: 40/],
    ["POST", "/assistants", { graph_id: "agent", name: "x".repeat(300) }, 422, /name/],
    ["POST", "/assistants", { graph_id: "agent", description: "\ud800" }, 422, /description: must be well-formed/],
    ["POST", "/assistants", { graph_id: "agent", if_exists: "replace" }, 422, /if_exists/],
    ["PATCH", `/assistants/${UNKNOWN}`, {}, 404, /Assistant not found/],
    ["PATCH", "/assistants/agent", { graph_id: "nope" }, 404, /Graph "nope" not found/],
    ["PATCH", "/assistants/agent", { context: [] }, 422, /context/],
    ["PATCH", "/assistants/agent", { description: "\ud800" }, 422, /description: must be well-formed/],
    ["DELETE", `/assistants/${UNKNOWN}`, undefined, 404, /Assistant not found/],
    ["DELETE", "/assistants/agent?delete_threads=maybe", undefined, 422, /delete_threads/],
    ["POST", `/assistants/${UNKNOWN}/versions`, {}, 404, /Assistant not found/],
    ["POST", "/assistants/agent/versions", { limit: 0 }, 422, /limit/],
    ["POST", "/assistants/agent/latest", {}, 422, /version/],
    ["POST", "/assistants/agent/latest", { version: "1" }, 422, /version/],
    ["POST", "/assistants/agent/latest", { version: 2 }, 404, /version not found/],
    ["POST", `/assistants/${UNKNOWN}/latest`, { version: 1 }, 404, /Assistant not found/],
    ["POST", "/assistants/search", { limit: 0 }, 422, /limit/],
    ["POST", "/assistants/search", { limit: 1_001 }, 422, /limit/],
    ["POST", "/assistants/search", { offset: -1 }, 422, /offset/],
    ["POST", "/assistants/search", { sort_by: "age" }, 422, /sort_by/],
    ["POST", "/assistants/search", { select: ["secret"] }, 422, /select/],
    ["POST", "/assistants/search", { metadata: [] }, 422, /metadata/],
    ["POST", "/assistants/count", { graph_id: 5 }, 422, /graph_id/],
  ])("%s %s %j", async (method, path, body, status, detail) => {
    const before = await all();

    const response = await fetch(`${server.url}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });

    expect(response.status).toBe(status);
    expect(await json(response)).toEqual({ detail: expect.stringMatching(detail) });
    expect(await all()).toEqual(before);
  });
});
