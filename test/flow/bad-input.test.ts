/** Bad input gets a clear error and changes nothing; the server lives on. */
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { behindUrl } from "../support/server.ts";
import { json, post } from "../support/sse.ts";

let server: SharedServer;
let thread: string;
beforeAll(async () => {
  server = await goldenServer();
  thread = `/threads/${String((await json(post(`${server.url}/threads`, {})))["thread_id"])}`;
});
afterAll(() => server.stop());

const UNKNOWN = "00000000-0000-4000-8000-000000000000";
const run = { assistant_id: "agent", input: { topic: "x" } };

/** Path, body, status, what the detail says. `T` stands for the thread. */
const CASES: [name: string, path: string, body: unknown, status: number, detail: RegExp][] = [
  ["malformed JSON", "/T/runs", "{", 422, /JSON/],
  ["an empty body", "/T/runs", "", 422, /assistant_id/],
  ["a body that is no object", "/T/runs", [], 422, /./],
  ["no assistant", "/T/runs", { input: {} }, 422, /assistant_id/],
  ["an assistant of the wrong type", "/T/runs", { ...run, assistant_id: 5 }, 422, /assistant_id/],
  ["an unknown graph", "/T/runs/stream", { ...run, assistant_id: "nope" }, 404, /No assistant found for "nope"/],
  ["an unknown assistant", "/T/runs/wait", { ...run, assistant_id: UNKNOWN }, 404, /No assistant found for/],
  ["an unknown graph, stateless", "/runs/stream", { ...run, assistant_id: "nope" }, 404, /No assistant found for/],
  ["an unknown thread", `/threads/${UNKNOWN}/runs/stream`, run, 404, /Thread with ID .* not found/],
  ["a thread id that is no UUID", "/threads/5/runs", run, 422, /Invalid thread ID: must be a UUID/],
  ["an unknown mode", "/T/runs/stream", { ...run, stream_mode: "bogus" }, 422, /stream_mode/],
  ["an unknown mode in a list", "/T/runs/stream", { ...run, stream_mode: ["values", "x"] }, 422, /stream_mode/],
  ["an unknown strategy", "/T/runs", { ...run, multitask_strategy: "x" }, 422, /multitask_strategy/],
  ["a config of the wrong type", "/T/runs", { ...run, config: "x" }, 422, /config/],
  ["a configurable of the wrong type", "/T/runs", { ...run, config: { configurable: 5 } }, 422, /config\.configurable/],
  ["tags of the wrong type", "/runs", { ...run, config: { tags: "x" } }, 422, /config\.tags/],
  ["a recursion limit of none", "/T/runs", { ...run, config: { recursion_limit: 0 } }, 422, /config\.recursion_limit/],
  ["a part of a step", "/T/runs", { ...run, config: { recursion_limit: 2.5 } }, 422, /config\.recursion_limit/],
  ["a goto to no node", "/T/runs", { ...run, command: { goto: 5 } }, 422, /command\.goto/],
  ["metadata of the wrong type", "/threads", { metadata: [] }, 422, /metadata/],
  ["a new thread's id that is no UUID", "/threads", { thread_id: "x" }, 422, /thread_id|thread ID/],
  ["metadata that is too large", "/T/runs", { ...run, metadata: { x: "y".repeat(40_000) } }, 422, /metadata/],
  ["a resume without a thread", "/runs", { ...run, command: { resume: 1 } }, 400, /thread_id when resuming/],
  ["a webhook that is no URL", "/T/runs", { ...run, webhook: "/hook" }, 422, /webhook/],
  ["a run delayed by more than a week", "/T/runs", { ...run, after_seconds: 700_000 }, 422, /after_seconds/],
  ["a checkpoint id that is no text", "/T/runs", { ...run, checkpoint_id: "\ud800" }, 422, /well-formed/],
  [
    "R13: an input of 3,000 levels",
    "/T/runs/wait",
    `{"assistant_id":"agent","input":${"[".repeat(3_000)}${"]".repeat(3_000)}}`,
    422,
    /nested too deeply, more than 500 levels/,
  ],
  ["a history limit out of range", "/T/history", { limit: 0 }, 422, /limit/],
];

describe("bad input", () => {
  it.each(CASES)("%s", async (_name, path, body, status, detail) => {
    const runsBefore = await json(fetch(`${server.url}${thread}/runs`));

    const response = await post(`${server.url}${path.replace("/T", thread)}`, body);

    expect(response.status).toBe(status);
    const answer = await json(response);
    expect(Object.keys(answer)).toEqual(["detail"]);
    expect(answer.detail).toMatch(detail);
    expect(await json(fetch(`${server.url}${thread}/runs`))).toEqual(runsBefore);
  });

  it("a body that is too large", async () => {
    const runsBefore = await json(fetch(`${server.url}${thread}/runs`));

    const response = await post(`${server.url}${thread}/runs/stream`, { ...run, input: "x".repeat(7_000_000) });

    expect(response.status).toBe(413);
    // What is larger than an invocation may be is refused by the Function URL, in its own words.
    expect(await response.text()).toMatch(behindUrl ? /"message"/i : /"detail":".*too large/i);
    expect(await json(fetch(`${server.url}${thread}/runs`))).toEqual(runsBefore);
  });

  it.each([
    ["GET", `/threads/${UNKNOWN}`, 404],
    ["GET", `/threads/${UNKNOWN}/state`, 404],
    ["GET", `/threads/${UNKNOWN}/history`, 404],
    ["GET", `/threads/${UNKNOWN}/runs`, 404],
    ["PATCH", `/threads/${UNKNOWN}`, 404],
    ["DELETE", `/threads/${UNKNOWN}`, 404],
    ["GET", `/T/runs/${UNKNOWN}`, 404],
    ["GET", `/T/runs/${UNKNOWN}/join`, 404],
    ["GET", `/T/runs/${UNKNOWN}/stream`, 404],
    ["POST", `/T/runs/${UNKNOWN}/cancel`, 404],
    ["GET", `/runs/${UNKNOWN}/stream`, 404],
    ["GET", "/T/runs/5", 422],
    ["GET", "/assistants/nope", 404],
    ["GET", "/nothing/here", 404],
    ["PUT", "/threads", 405],
  ])("%s %s → %i", async (method, path, status) => {
    const body = method === "PATCH" ? { body: "{}", headers: { "content-type": "application/json" } } : {};

    const response = await fetch(`${server.url}${path.replace("/T", thread)}`, { method, ...body });

    expect(response.status).toBe(status);
    expect(await json(response)).toEqual({ detail: expect.any(String) });
  });

  it("null is absent, unknown fields are ignored", async () => {
    const body = { ...run, command: null, config: null, metadata: null, stream_mode: null, webhook: null, whatever: 1 };

    const response = await post(`${server.url}${thread}/runs/wait`, body);

    expect(await json(response)).toMatchObject({ topic: "x and cats" });
  });

  it("null is absent in what they hold, too; a command that commands nothing is none", async () => {
    const config = { configurable: null, tags: null, metadata: null, recursion_limit: null, own: null };
    const command = { update: null, resume: null, goto: [] };

    const response = await post(`${server.url}${thread}/runs/wait`, { ...run, config, command });
    const stateless = await post(`${server.url}/runs/wait`, {
      ...run,
      command: { ...command, goto: "generate_joke" },
    });

    expect(await json(response)).toMatchObject({ topic: "x and cats" });
    expect(await json(stateless)).toMatchObject({ joke: expect.any(String) });
  });

  it("metadata that names no graph, or no text, reads an empty state", async () => {
    for (const graph_id of ["nope", "__proto__", "\ud800", "x".repeat(5_000)]) {
      const { thread_id } = await json(post(`${server.url}/threads`, { metadata: { graph_id } }));

      const state = await fetch(`${server.url}/threads/${String(thread_id)}/state`);
      const history = await post(`${server.url}/threads/${String(thread_id)}/history`, {});

      expect([state.status, history.status]).toEqual([200, 200]);
    }
  });

  it.each([
    [
      "a LangChain object that does not exist",
      "agent",
      { topic: { lc: 1, type: "constructor", id: ["evil", "no"], kwargs: {} } },
    ],
    ["messages that are none", "tool_agent", { messages: [null] }],
    ["a message of no kind", "tool_agent", { messages: [{ role: "nope", content: 5 }] }],
  ])("%s poisons no thread", async (_name, assistant_id, input) => {
    const { thread_id } = await json(post(`${server.url}/threads`, {}));
    const path = `${server.url}/threads/${String(thread_id)}`;
    await (await post(`${path}/runs/wait`, { assistant_id, input, interrupt_before: "*" })).text();

    const answers = [await fetch(path), await fetch(`${path}/state`), await post(`${path}/history`, { limit: 10 })];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await json(post(`${path}/runs/wait`, { assistant_id: "agent", input: { topic: "x" } }))).toMatchObject({
      topic: "x and cats",
    });
  });

  describe("E5: a checkpoint that cannot be one, on a thread that has some", () => {
    let used: string;
    beforeAll(async () => {
      const { thread_id } = await json(post(`${server.url}/threads`, {}));
      used = `${server.url}/threads/${String(thread_id)}`;
      await (await post(`${used}/runs/wait`, run)).text();
    });
    const byBody = (id: string) => [
      post(`${used}/history`, { before: id }),
      post(`${used}/history`, { before: { checkpoint_id: id } }),
      post(`${used}/history`, { before: { configurable: { checkpoint_id: id } } }),
      post(`${used}/history`, { checkpoint: { checkpoint_ns: id } }),
      post(`${used}/history`, { checkpoint: { checkpoint_map: { [id]: "1ef" } } }),
      post(`${used}/state/checkpoint`, { checkpoint: { checkpoint_id: id } }),
      post(`${used}/runs`, { ...run, checkpoint_id: id }),
      post(`${used}/runs`, { ...run, checkpoint: { checkpoint_id: id, checkpoint_ns: id } }),
      post(`${used}/runs`, { ...run, config: { configurable: { checkpoint_id: id } } }),
    ];
    const byUrl = (id: string) => [
      fetch(`${used}/history?limit=3&before=${encodeURIComponent(id)}`),
      fetch(`${used}/state/${encodeURIComponent(id)}`),
    ];
    const statuses = async (answers: Promise<Response>[]) => (await Promise.all(answers)).map(({ status }) => status);

    it("half a character is refused", async () => {
      expect(new Set(await statuses(byBody("\ud800")))).toEqual(new Set([422]));
    });

    it("2,049 characters are refused", async () => {
      const id = "x".repeat(2_049);

      expect(new Set(await statuses([...byBody(id), ...byUrl(id)]))).toEqual(new Set([422]));
    });

    it.each(["x".repeat(2_048), "€".repeat(700), "\u0000", "#", "%"])("%j is looked for", async (id) => {
      const found = await statuses([...byBody(id), ...byUrl(id)]);

      expect(found.filter((status) => status !== 200 && status !== 404)).toEqual([]);
    });
  });

  it.each([
    ["runs?limit=0", 0],
    ["runs?limit=1001", 1],
    ["history?limit=0", 0],
    ["history?limit=1001", 4],
  ])("E4: %s is taken: %i", async (path, count) => {
    const { thread_id } = await json(post(`${server.url}/threads`, {}));
    await (await post(`${server.url}/threads/${String(thread_id)}/runs/wait`, run)).text();

    const response = await fetch(`${server.url}/threads/${String(thread_id)}/${path}`);

    expect(response.status).toBe(200);
    expect(await response.json()).toHaveLength(count);
  });

  it("the server lives on", async () => {
    expect(await json(fetch(`${server.url}/ok`))).toEqual({ ok: true });
  });
});
