/** What A2A refuses: each with the code of the protocol, and nothing changed. */
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { a2aClient, data, message, request, text } from "./a2a-client.ts";

let server: SharedServer;
beforeAll(async () => {
  server = await goldenServer();
});
afterAll(() => server.stop());

const { send, ask, task } = a2aClient(() => server.url);

const UNKNOWN = "00000000-0000-4000-8000-000000000000";
/** Of all messages below; nobody makes it. */
const CONTEXT = crypto.randomUUID();
const on = (parts: object | object[], fields: object = {}) => message(parts, { contextId: CONTEXT, ...fields });
const hello = on(text("x"));
const push = { pushNotificationConfig: { url: "https://example.com" } };
/** Body, status, code, what the message says. */
const REFUSED: [name: string, body: unknown, status: number, code: number, says: RegExp, headers?: object][] = [
  ["malformed JSON", "{", 400, -32_700, /JSON/],
  ["a batch", [request("tasks/get")], 400, -32_600, /Batches/],
  ["a method of nobody", request("tasks/list"), 200, -32_601, /tasks\/list/],
  ["a method of every object", request("toString"), 200, -32_601, /toString/],
  ["no message", request("message/send"), 200, -32_602, /message/],
  ["no parts", request("message/send", on([])), 200, -32_602, /parts/],
  ["an unknown role", request("message/send", on(text("x"), { role: "system" })), 200, -32_602, /role/],
  ["a context that is no UUID", request("message/send", on(text("x"), { contextId: "5" })), 200, -32_602, /contextId/],
  ["a file", request("message/send", on({ kind: "file", file: { uri: "https://x" } })), 200, -32_005, /files/],
  ["a data part that is no object", request("message/send", on({ kind: "data", data: [1] })), 200, -32_005, /parts/],
  ["a task of nobody", request("message/send", on(text("x"), { taskId: UNKNOWN })), 200, -32_001, /not found/],
  ["too long a history", request("tasks/get", { id: UNKNOWN, historyLength: 11 }), 200, -32_602, /historyLength/],
  ["push notifications", request("message/send", { ...hello, configuration: push }), 200, -32_003, /Push/],
  ["a push method", request("tasks/pushNotificationConfig/set", { taskId: UNKNOWN }), 200, -32_003, /Push/],
  ["an extended card", request("agent/getAuthenticatedExtendedCard"), 200, -32_007, /card/],
  ["an unknown task", request("tasks/get", { id: UNKNOWN }), 200, -32_001, /not found/],
  ["a task id that is none", request("tasks/cancel", { id: "x" }), 200, -32_001, /not found/],
  ["a resubscription to nothing", request("tasks/resubscribe", { id: UNKNOWN }), 200, -32_001, /not found/],
  ["no task id", request("tasks/get"), 200, -32_602, /id/],
  ["a version that is not spoken", request("GetTask", { id: UNKNOWN }), 200, -32_009, /2\.0/, { "a2a-version": "2.0" }],
];

test.each(REFUSED)(
  "%s is refused with a code, and changes nothing",
  async (_, body, status, code, says, headers = {}) => {
    const response = await send("tool_agent", body, { ...headers });

    expect([response.status, await response.json()]).toEqual([
      status,
      expect.objectContaining({ jsonrpc: "2.0", error: { code, message: expect.stringMatching(says) as string } }),
    ]);
    expect((await fetch(`${server.url}/threads/${CONTEXT}`)).status).toBe(404);
  },
);

test("words for a graph without messages are refused", async () => {
  expect((await ask("agent", "message/send", hello)).error).toMatchObject({
    code: -32_602,
    message: "The graph agent has no messages: send its input as data",
  });
});

test("a task of another assistant, or of another context, does not exist", async () => {
  const { id } = await task("hitl", message(data({ some_text: "x" })));

  const answers = await Promise.all([
    ask("agent", "tasks/get", { id }),
    ask("agent", "tasks/cancel", { id }),
    ask("agent", "tasks/resubscribe", { id }),
    ask("agent", "message/send", message(text("y"), { taskId: id })),
    ask("hitl", "message/send", message(text("y"), { taskId: id, contextId: UNKNOWN })),
    ask("hitl", "tasks/get", { id: `${UNKNOWN}:${id}` }),
  ]);

  expect(answers.map(({ error }) => error?.code)).toEqual(Array(6).fill(-32_001));
});

test("an agent of nobody is 404, another method 405", async () => {
  const responses = [await send("nope", request("tasks/get")), await fetch(`${server.url}/a2a/agent`)];

  expect(responses.map(({ status }) => status)).toEqual([404, 405]);
});
