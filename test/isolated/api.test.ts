/** The deployed API function in processes of its own: what it promises when its host cuts, kills, holds back or refuses. */
import { Client } from "@langchain/langgraph-sdk";
import { commandsWith, descendants } from "../support/descendants.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { json, post, readFrames } from "../support/sse.ts";
import { dataOf, follow } from "./follow.ts";

const config = "test/fixtures/golden/langgraph.json";
const slow = (n: number) => ({ assistant_id: "slow", input: { n, delay_ms: 100 }, stream_mode: "custom" });
const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function start(env: Record<string, string> = {}): Promise<TestServer> {
  const server = await startServer({ config, isolated: true, env });
  servers.push(server);
  return server;
}

const environments = (server: TestServer): number[] => commandsWith("aws-lambda-ric", descendants(server.pid));

async function aThread(server: TestServer): Promise<string> {
  return `${server.url}/threads/${String((await json(post(`${server.url}/threads`, {})))["thread_id"])}`;
}

test("its process killed while it streams: the stock SDK comes back and misses nothing", async () => {
  const server = await start();
  const client = new Client({ apiUrl: server.url, apiKey: null });
  const { thread_id } = await client.threads.create();
  const api = environments(server);
  const seen: unknown[] = [];

  const input = { n: 40, delay_ms: 100 };
  for await (const { event, data } of client.runs.stream(thread_id, "slow", { input, streamMode: "custom" })) {
    if (event !== "custom") continue;
    seen.push((data as { i: number }).i);
    // The one that answered the first request is the only one that can stream.
    if (seen.length === 5) for (const pid of api) process.kill(pid, "SIGKILL");
  }

  expect(api.length).toBeGreaterThan(0);
  expect(seen).toEqual(numbers(40));
});

test("its time over: the body breaks off, and the process goes on", async () => {
  const server = await start({ THREADLINE_ISOLATED_API_TIMEOUT: "10" });
  const thread = await aThread(server);
  const before = environments(server);

  const response = await post(`${thread}/runs/stream`, slow(200));
  const reader = follow(response);
  const ended = await reader.ended;
  const run = server.url + (response.headers.get("content-location") ?? "");
  const status = await json(fetch(run));
  const after = environments(server);

  expect(ended).toBe("broken");
  expect(reader.frames.length).toBeGreaterThan(1);
  expect(status["status"]).toBe("running");
  expect(after).toEqual(expect.arrayContaining(before));
  expect(server.output()).not.toContain("Task timed out");
});

test("R19: THREADLINE_STREAM_CUT=clean: a stream ends as a whole, with the run still running; a JSON answer is broken off", async () => {
  const server = await start({ THREADLINE_ISOLATED_API_TIMEOUT: "10", THREADLINE_STREAM_CUT: "clean" });

  const response = await post(`${await aThread(server)}/runs/stream`, slow(200));
  const location = server.url + (response.headers.get("content-location") ?? "");
  const joined = fetch(`${location}/join`).then((answer) => answer.text());
  const reader = follow(response);
  const ended = await reader.ended;
  const run = await json(fetch(location));

  expect([ended, run["status"]]).toEqual(["whole", "running"]);
  await expect(joined).rejects.toThrow("terminated");
});

test("each open stream takes an environment; one more is refused; a URL that holds back the last chunk makes them late, but whole", async () => {
  const server = await start({ THREADLINE_ISOLATED_CONCURRENCY: "2", THREADLINE_ISOLATED_HOLD_LAST_CHUNK: "on" });

  const open = await Promise.all([1, 2].map(() => post(`${server.url}/runs/stream`, slow(20))));
  const refused = await fetch(`${server.url}/ok`);
  const frames = await Promise.all(open.map((response) => readFrames(response)));
  const answered = await fetch(`${server.url}/ok`);

  expect([...open.map(({ status }) => status), refused.status, answered.status]).toEqual([200, 200, 429, 200]);
  for (const each of frames) expect(each.slice(1).map((frame) => dataOf(frame)["i"])).toEqual(numbers(20));
});

test("it is not told that a client has gone: the next run on the thread is the signal for `on_disconnect: cancel`", async () => {
  const server = await start();
  const thread = await aThread(server);
  const leave = new AbortController();
  const left = await fetch(`${thread}/runs/stream`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...slow(2_000), on_disconnect: "cancel" }),
    signal: leave.signal,
  });
  leave.abort();

  const next = await readFrames(await post(`${thread}/runs/stream`, slow(3)));
  const run = await json(fetch(server.url + (left.headers.get("content-location") ?? "")));

  expect(run["status"]).toBe("interrupted");
  expect(next.slice(1).map((frame) => dataOf(frame)["i"])).toEqual(numbers(3));
});
