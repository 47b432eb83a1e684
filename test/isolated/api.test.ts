/** The deployed API function in processes of its own: what it promises when its host cuts, kills, holds back or refuses. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@langchain/langgraph-sdk";
import { commandsWith, descendants, functionOf } from "../support/descendants.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { json, post, readFrames } from "../support/sse.ts";
import { dataOf, follow, readAcross } from "./follow.ts";

/** s. Its last quarter is kept for a cut: time enough for one on a busy machine, too. */
const TIMEOUT = { THREADLINE_ISOLATED_API_TIMEOUT: "16" };
const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "threadline-api-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Ten numbers at once, then held until the file is there. */
const held = (hold: string) => ({
  assistant_id: "parallel",
  input: { file: join(folder, "work"), ticks: 10, hold: join(folder, hold) },
  stream_mode: "custom",
});
const letGo = (hold: string): void => writeFileSync(join(folder, hold), "");

async function start(env: Record<string, string>): Promise<TestServer & AsyncDisposable> {
  const server = await startServer({ config: "test/fixtures/crash/langgraph.json", isolated: true, env });
  return { ...server, [Symbol.asyncDispose]: () => server.stop() };
}

const processes = (server: TestServer): number[] =>
  commandsWith("aws-lambda-ric", descendants(server.pid)).filter((pid) => functionOf(pid) === "threadline-api");

async function aThread(server: TestServer): Promise<string> {
  return `${server.url}/threads/${String((await json(post(`${server.url}/threads`, {})))["thread_id"])}`;
}

/** A run to its end, so that a worker has its graphs: the time of a stream is not spent on a cold start. */
async function warm(server: TestServer): Promise<void> {
  letGo("warm");
  const thread = await aThread(server);
  const { run_id } = await json(post(`${thread}/runs`, held("warm")));
  await readAcross(`${thread}/runs/${String(run_id)}/stream`);
}

describe("cut and killed", () => {
  let server: TestServer & AsyncDisposable;
  beforeAll(async () => {
    server = await start(TIMEOUT);
    await warm(server);
  });
  afterAll(() => server.stop());

  test("its process killed while it streams: the stock SDK comes back and misses nothing", async () => {
    const client = new Client({ apiUrl: server.url, apiKey: null });
    const { thread_id } = await client.threads.create();
    const { assistant_id, input } = held("killed");
    const seen: unknown[] = [];
    let killed: number[] = [];

    for await (const { event, data } of client.runs.stream(thread_id, assistant_id, {
      input,
      streamMode: ["custom", "updates"],
    })) {
      if (event === "custom") seen.push((data as { tick: number }).tick);
      if (event === "updates") seen.push(...Object.keys(data));
      if (killed.length > 0 || seen.length < 5) continue;
      killed = processes(server);
      for (const pid of killed) process.kill(pid, "SIGKILL");
      letGo("killed");
    }

    expect(killed.length).toBeGreaterThan(0);
    expect(seen.filter((one) => typeof one === "number")).toEqual(numbers(10));
    expect(seen.filter((one) => typeof one === "string")).toEqual(["quick", "slow", "last"]);
  });

  test("its time over: the body breaks off, and the process goes on", async () => {
    const thread = await aThread(server);

    const response = await post(`${thread}/runs/stream`, held("never 1"));
    const reader = follow(response);
    await reader.until(({ event }) => event === "custom");
    const before = processes(server);
    const ended = await reader.ended;
    const status = await json(fetch(server.url + (response.headers.get("content-location") ?? "")));

    expect(ended).toBe("broken");
    expect(reader.frames.slice(1).map((frame) => dataOf(frame)["tick"])).toEqual(numbers(10));
    expect(status["status"]).toBe("running");
    expect(processes(server)).toEqual(expect.arrayContaining(before));
    expect(server.output()).not.toContain("Task timed out");
  });

  test("it is not told that a client has gone: the next run on the thread is the signal for `on_disconnect: cancel`", async () => {
    const thread = await aThread(server);
    const leave = new AbortController();
    const left = await fetch(`${thread}/runs/stream`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...held("never 2"), on_disconnect: "cancel" }),
      signal: leave.signal,
    });
    leave.abort();

    const { run_id } = await json(post(`${thread}/runs`, held("killed")));
    const next = await readAcross(`${thread}/runs/${String(run_id)}/stream`);
    const run = await json(fetch(server.url + (left.headers.get("content-location") ?? "")));

    expect(run["status"]).toBe("interrupted");
    expect(next.slice(1).map((frame) => dataOf(frame)["tick"])).toEqual(numbers(10));
  });
});

test("R19: THREADLINE_STREAM_CUT=clean: a stream ends as a whole, with the run still running; a JSON answer is broken off", async () => {
  await using server = await start({ ...TIMEOUT, THREADLINE_STREAM_CUT: "clean" });
  await warm(server);

  const response = await post(`${await aThread(server)}/runs/stream`, held("never 3"));
  const location = server.url + (response.headers.get("content-location") ?? "");
  const joined = fetch(`${location}/join`)
    .then((answer) => answer.text())
    .then(
      () => "whole",
      (error: Error) => error.message,
    );
  const reader = follow(response);
  const ended = await reader.ended;
  const run = await json(fetch(location));

  expect([ended, run["status"], await joined]).toEqual(["whole", "running", "terminated"]);
});

test("each open stream takes an environment; one more is refused; a URL that holds back the last chunk makes them late, but whole", async () => {
  await using server = await start({
    THREADLINE_ISOLATED_CONCURRENCY: "2",
    THREADLINE_ISOLATED_HOLD_LAST_CHUNK: "on",
  });
  const ok = async (): Promise<number> => (await fetch(`${server.url}/ok`)).status;

  const open = await Promise.all([1, 2].map(() => post(`${server.url}/runs/stream`, held("both are open"))));
  const refused = await ok();
  letGo("both are open");
  const frames = await Promise.all(open.map((response) => readFrames(response)));

  expect([...open.map(({ status }) => status), refused]).toEqual([200, 200, 429]);
  for (const each of frames) expect(each.slice(1).map((frame) => dataOf(frame)["tick"])).toEqual(numbers(10));
  await expect.poll(ok).toBe(200);
});
