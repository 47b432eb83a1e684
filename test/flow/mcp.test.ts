/** MCP as clients speak it: messages of the protocol over plain HTTP. The stock client is in test/registry. */
import { Client } from "@langchain/langgraph-sdk";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { framesOf, json, post } from "../support/sse.ts";

let server: SharedServer;
let client: Client;
beforeAll(async () => {
  server = await goldenServer();
  client = new Client({ apiUrl: server.url, apiKey: null });
});
afterAll(() => server.stop());

const BOTH = { accept: "application/json, text/event-stream" };
const send = (body: unknown, headers: Record<string, string> = {}) =>
  post(`${server.url}/mcp`, body, { ...BOTH, ...headers });
const request = (method: string, params: object = {}, id: number | string = 1) => ({
  jsonrpc: "2.0",
  id,
  method,
  params,
});
const ask = async (method: string, params: object = {}, headers: Record<string, string> = {}) =>
  json(send(request(method, params), headers));
const call = (name: string, args: object, headers: Record<string, string> = {}) =>
  ask("tools/call", { name, arguments: args }, headers);

interface Tool {
  name: string;
  title: string;
  inputSchema: { type: string; properties?: object };
}
async function listed(): Promise<Tool[]> {
  const tools: Tool[] = [];
  for (let cursor: string | undefined; ;) {
    const { result } = (await ask("tools/list", cursor === undefined ? {} : { cursor })) as {
      result: { tools: Tool[]; nextCursor?: string };
    };
    tools.push(...result.tools);
    if (result.nextCursor === undefined) return tools;
    cursor = result.nextCursor;
  }
}

describe("a client of MCP", () => {
  test.each([
    ["2025-11-25", "2025-11-25"],
    ["2025-03-26", "2025-03-26"],
    ["1999-01-01", "2025-11-25"],
  ])("that speaks %s is answered in %s", async (protocolVersion, answered) => {
    const info = { capabilities: {}, clientInfo: { name: "test", version: "1" } };
    const response = await send(request("initialize", { protocolVersion, ...info }));

    expect(response.headers.get("mcp-session-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(await response.json()).toMatchObject({
      jsonrpc: "2.0",
      id: 1,
      result: { protocolVersion: answered, capabilities: { tools: {} }, serverInfo: { name: "threadline" } },
    });
  });

  test("sees each assistant as a tool, by a valid name of its own", async () => {
    const made = await client.assistants.create({ graphId: "agent", name: "Jokes & more" });
    const twin = await client.assistants.create({ graphId: "agent", name: "agent", description: "A twin" });

    const tools = await listed();

    await Promise.all([made, twin].map(({ assistant_id }) => client.assistants.delete(assistant_id)));
    const names = tools.map(({ name }) => name);
    expect(names).toContain("agent");
    expect(names).toContain("Jokes___more");
    expect(names).toContain(`agent_${twin.assistant_id.slice(0, 8)}`);
    expect(new Set(names).size).toBe(names.length);
    expect(tools.filter(({ name }) => !/^[A-Za-z0-9_-]{1,64}$/.test(name))).toEqual([]);
    expect(tools.filter(({ inputSchema }) => inputSchema.type !== "object")).toEqual([]);
    expect(tools.find(({ name }) => name === "agent")).toMatchObject({
      title: "agent",
      description: expect.stringMatching(/./) as string,
      inputSchema: { properties: { topic: {} } },
    });
  });

  test("calls a tool: text for the model, and the same as an object", async () => {
    const output = { topic: "x and cats", joke: "This is a joke about x and cats" };

    const { result } = (await call("agent", { topic: "x" })) as { result: { content: { text: string }[] } };

    expect(result).toEqual({
      content: [{ type: "text", text: expect.any(String) as string }],
      structuredContent: output,
    });
    expect(JSON.parse(result.content[0]?.text ?? "")).toEqual(output);
  });

  test("is told by a failed tool what went wrong", async () => {
    expect(await call("boom", { foo: "x" })).toEqual({
      jsonrpc: "2.0",
      id: 1,
      result: { isError: true, content: [{ type: "text", text: "BoomError: boom: something broke" }] },
    });
  });

  test("sees progress as notifications before the result, if it gives a token", async () => {
    const params = { name: "agent", arguments: { topic: "x" }, _meta: { progressToken: "p" } };
    const response = await send(request("tools/call", params, "seven"));
    const messages = framesOf(await response.text()).map(({ data }) => JSON.parse(data) as Record<string, unknown>);

    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(messages.slice(0, -1)).toEqual(
      ["refine_topic", "generate_joke"].map((message, index) => ({
        jsonrpc: "2.0",
        method: "notifications/progress",
        params: { progressToken: "p", progress: index + 1, message },
      })),
    );
    expect(messages.at(-1)).toMatchObject({ id: "seven", result: { structuredContent: { topic: "x and cats" } } });
  });

  test("cancels a call of its session by a notification, and no call of others", async () => {
    const gate = crypto.randomUUID();
    const sessions = [1, 2].map(() => ({ "mcp-session-id": crypto.randomUUID() }));
    const slow = request("tools/call", { name: "slow", arguments: { n: 1, delay_ms: 1, gate } });
    const calls = sessions.map(async (session) => json(send(slow, session)));
    const [mine = {}] = sessions;

    const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1, reason: "enough" } };
    const taken = await send(cancel, mine);
    const cancelled = await calls[0];
    await client.runs.wait(null, "open_gate", { input: { gate } });

    expect([taken.status, await taken.text()]).toEqual([202, ""]);
    expect(cancelled).toMatchObject({ result: { isError: true, content: [{ text: "The run was cancelled." }] } });
    expect(await calls[1]).toMatchObject({ result: { structuredContent: { done: 1 } } });
  });

  test("that sends a call of its session again gets the result of the same run", async () => {
    const session = { "mcp-session-id": crypto.randomUUID() };
    const args = { n: 0, delay_ms: 0 };

    const answers = [await call("slow", args, session), await call("slow", args, session)];
    const other = await call("slow", { ...args, n: 1 }, session);

    expect(answers[0]).toMatchObject({ result: { structuredContent: { done: 0 } } });
    expect(answers[1]).toEqual(answers[0]);
    expect(other).toMatchObject({ id: 1, error: { code: -32_600 } });
  });

  test("may write the address with a slash", async () => {
    const response = await post(`${server.url}/mcp/`, request("ping"), BOTH);

    expect(await response.json()).toEqual({ jsonrpc: "2.0", id: 1, result: {} });
  });
});

const MAX_BODY = 6 * 1_024 * 1_024;
const plain = { accept: "text/html" };
/** Body, status, code, what the message says. */
const REFUSED: [name: string, body: unknown, status: number, code: number, message: RegExp, headers?: object][] = [
  ["malformed JSON", "{", 400, -32_700, /JSON/],
  ["no body", "", 400, -32_600, /jsonrpc/],
  ["no object", "5", 400, -32_600, /object/],
  ["a batch", [request("ping")], 400, -32_600, /Batches/],
  ["an empty batch", [], 400, -32_600, /Batches/],
  ["another version of JSON-RPC", { ...request("ping"), jsonrpc: "1.0" }, 400, -32_600, /jsonrpc/],
  ["an id of another type", { ...request("ping"), id: {} }, 400, -32_600, /id/],
  ["an id of null", { ...request("ping"), id: null }, 400, -32_600, /id/],
  ["params of another type", { ...request("ping"), params: [1] }, 400, -32_600, /params/],
  ["a method of another type", { ...request("ping"), method: 5 }, 400, -32_600, /method/],
  ["too many levels", `{"a":${"[".repeat(3_000)}${"]".repeat(3_000)}}`, 400, -32_700, /nested too deeply/],
  ["too large a body", `"${"x".repeat(MAX_BODY)}"`, 413, -32_600, /too large/],
  ["a form", "a=b", 415, -32_600, /application\/json/, { "content-type": "application/x-www-form-urlencoded" }],
  ["a type that nothing here has", request("ping"), 406, -32_000, /application\/json/, plain],
  ["a version that is not spoken", request("ping"), 400, -32_000, /1999/, { "mcp-protocol-version": "1999-01-01" }],
  ["an unknown method", request("resources/list"), 200, -32_601, /resources\/list/],
  ["a method of every object", request("toString"), 200, -32_601, /toString/],
  ["initialize without a version", request("initialize"), 200, -32_602, /protocolVersion/],
  ["a cursor of nobody", request("tools/list", { cursor: "x" }), 200, -32_602, /cursor/],
  ["an unknown tool", request("tools/call", { name: "nope" }), 200, -32_602, /Unknown tool: nope/],
  ["a call without a name", request("tools/call", {}), 200, -32_602, /name/],
  ["arguments in a list", request("tools/call", { name: "agent", arguments: [1] }), 200, -32_602, /arguments/],
];

test.each(REFUSED)("%s is refused with a code", async (_, body, status, code, message, headers = {}) => {
  const response = await send(body, { ...headers });

  expect([response.status, await response.json()]).toEqual([
    status,
    expect.objectContaining({ jsonrpc: "2.0", error: { code, message: expect.stringMatching(message) as string } }),
  ]);
});

test.each(["GET", "DELETE", "PUT"])(
  "%s is 405: there is no stream without a call, and no session to end",
  async (method) => {
    const response = await fetch(`${server.url}/mcp`, { method });

    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  },
);

test.each([
  ["a notification", { jsonrpc: "2.0", method: "notifications/initialized" }],
  ["a notification that nobody knows", { jsonrpc: "2.0", method: "notifications/x" }],
  ["a cancel of nothing", { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 9 } }],
  ["a cancel without an id", { jsonrpc: "2.0", method: "notifications/cancelled" }],
  ["a response", { jsonrpc: "2.0", id: 1, result: {} }],
])("%s is taken, and not answered", async (_, body) => {
  const response = await send(body);

  expect([response.status, await response.text()]).toEqual([202, ""]);
});
