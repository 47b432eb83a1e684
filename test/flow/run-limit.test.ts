/** Runs of one caller at once, over HTTP: the request beyond them is 429 on every route that makes a run, and changes nothing. */
import { createHash, randomUUID } from "node:crypto";
import { Client } from "@langchain/langgraph-sdk";
import { GOLDEN, startServer, type TestServer } from "../support/server.ts";

const hash = (key: string): string => createHash("sha256").update(key).digest("hex");
const NAMES = ["web", "jobs"];
const MOST = 2;

let server: TestServer;
beforeAll(async () => {
  server = await startServer({
    config: GOLDEN,
    env: {
      THREADLINE_AUTH: "key",
      THREADLINE_API_KEYS: JSON.stringify(Object.fromEntries(NAMES.map((name) => [name, hash(name)]))),
      THREADLINE_RUNS_PER_KEY: String(MOST),
    },
  });
});
afterAll(() => server.stop());

const clientOf = (key: string) => new Client({ apiUrl: server.url, apiKey: key, callerOptions: { maxRetries: 0 } });
const post = (path: string, body: unknown) =>
  fetch(`${server.url}${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "x-api-key": "web",
      "a2a-version": "1.0",
    },
    body: JSON.stringify(body),
  });
const run = { assistant_id: "agent", input: { topic: "x" } };
const rpc = (method: string, params: object) => ({ jsonrpc: "2.0", id: 1, method, params });

test("web has as many runs as it may: every way to another one is refused, and jobs goes on; then one has ended", async () => {
  const [web, jobs] = [clientOf("web"), clientOf("jobs")];
  const [gate, thread_id] = [randomUUID(), (await web.threads.create()).thread_id];
  const slow = { input: { n: 1, delay_ms: 0, gate } };
  const atWork: { thread_id: string; run_id: string }[] = [];
  for (let n = 0; n < MOST; n++)
    atWork.push(await web.runs.create((await web.threads.create()).thread_id, "slow", slow));
  const ways: [path: string, body: unknown][] = [
    [`/threads/${thread_id}/runs`, run],
    [`/threads/${thread_id}/runs/stream`, run],
    [`/threads/${thread_id}/runs/wait`, run],
    ["/runs", run],
    ["/runs/stream", run],
    ["/runs/wait", run],
    ["/runs/batch", [run, run]],
    [`/threads/${randomUUID()}/runs`, { ...run, if_not_exists: "create" }],
  ];

  for (const [path, body] of ways) {
    const refused = await post(path, body);
    expect([path, refused.status]).toEqual([path, 429]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await refused.json()).toEqual({
      detail: "You have as many runs waiting and at work as you may (2). Try again when one has ended.",
    });
  }
  const command = await post(`/threads/${thread_id}/commands`, { id: 1, method: "run.start", params: run });
  expect(await command.json()).toMatchObject({ type: "error" });
  const tool = await post("/mcp", rpc("tools/call", { name: "agent", arguments: run.input }));
  expect(await tool.text()).toContain("as many runs");
  const message = { messageId: "1", role: "ROLE_USER", parts: [{ data: run.input }] };
  const sent = await post("/a2a/agent", rpc("SendMessage", { message }));
  expect(await sent.text()).toContain("as many runs");

  expect(await web.runs.list(thread_id)).toEqual([]);
  expect((await web.threads.get(thread_id)).status).toBe("idle");
  await jobs.runs.wait(null, "open_gate", { input: { gate } });
  for (const { thread_id: of, run_id } of atWork) await web.runs.join(of, run_id);
  expect(await web.runs.wait(thread_id, "agent", { input: run.input })).toMatchObject({ topic: "x and cats" });
});
