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

const UNKNOWN = "00000000-0000-4000-8000-000000000000";

describe("bad input", () => {
  it.each([
    ["GET", `/assistants/${UNKNOWN}/graph`, undefined, 404, /Assistant not found/],
    ["GET", "/assistants/nope/schemas", undefined, 404, /Assistant not found/],
    ["GET", "/assistants/nope/subgraphs/x", undefined, 404, /Assistant not found/],
    ["GET", "/assistants/agent/graph?xray=deep", undefined, 422, /xray/],
    ["GET", "/assistants/agent/graph?xray=-1", undefined, 422, /xray/],
    ["GET", "/assistants/agent/subgraphs?recurse=5", undefined, 422, /recurse/],
    ["POST", "/assistants/agent/graph", {}, 405, /Method/],
  ])("%s %s %j", async (method, path, body, status, detail) => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });

    expect(response.status).toBe(status);
    expect(await json(response)).toEqual({ detail: expect.stringMatching(detail) });
  });
});
