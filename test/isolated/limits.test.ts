/** Functions with short time-outs: runs that are longer cross from one invocation to the next, and so do their readers. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@langchain/langgraph-sdk";
import { startServer, type TestServer } from "../support/server.ts";
import { type Frame, json, post, readFrames } from "../support/sse.ts";
import { dataOf, follow } from "./follow.ts";

const config = "test/fixtures/crash/langgraph.json";
const MINUTES = 60_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "threadline-limits-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Stops at the end of its block. */
async function start(env: Record<string, string>): Promise<TestServer & AsyncDisposable> {
  const server = await startServer({ config, isolated: true, env: { THREADLINE_LOG_LEVEL: "info", ...env } });
  return { ...server, [Symbol.asyncDispose]: () => server.stop() };
}

const workOf = (file: string): string[] =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.slice(0, line.lastIndexOf(" ")));

/** Comes back with the last id each time its body breaks off, as clients do. */
async function readAcross(url: string): Promise<{ frames: Frame[]; breaks: number }> {
  const frames: Frame[] = [];
  for (let breaks = 0; ; breaks++) {
    const reader = follow(await fetch(url, { headers: { "last-event-id": frames.at(-1)?.id ?? "-1" } }));
    const ended = await reader.ended;
    frames.push(...reader.frames);
    if (ended === "whole") return { frames, breaks };
  }
}

test.concurrent(
  "a run of a minute, with functions of 20 s: handed over without an attempt, every event once, for readers that are cut too",
  async () => {
    await using server = await start({
      THREADLINE_ISOLATED_WORKER_TIMEOUT: "20",
      THREADLINE_ISOLATED_API_TIMEOUT: "20",
    });
    const client = new Client({ apiUrl: server.url, apiKey: null });
    const { thread_id } = await client.threads.create();
    const file = join(folder, "minute");
    const steps = 40;
    const run = Promise.withResolvers<string>();
    const inSdk: unknown[] = [];
    const readBySdk = async (): Promise<void> => {
      const payload = {
        input: { file, until: steps, ms: 1_500 },
        config: { recursion_limit: 100 },
        streamMode: ["custom" as const, "updates" as const],
        onRunCreated: ({ run_id }: { run_id: string }) => run.resolve(run_id),
      };
      for await (const { event, data } of client.runs.stream(thread_id, "steps", payload))
        if (event !== "updates") inSdk.push(data);
    };

    const reading = readBySdk();
    const url = `${server.url}/threads/${thread_id}/runs/${await run.promise}/stream`;
    const across = await readAcross(url);
    await reading;
    const whole = await readFrames(await fetch(url, { headers: { "last-event-id": "-1" } }));
    const handOvers = server
      .output()
      .split("\n")
      .filter((line) => line.includes("run handed over"));

    const parts = Array.from({ length: steps }, (_, step) => [
      { step, part: 1 },
      { step, part: 2 },
    ]).flat();
    expect(handOvers.length).toBeGreaterThanOrEqual(3);
    expect(across.breaks).toBeGreaterThanOrEqual(3);
    expect(across.frames).toEqual(whole);
    expect(whole.filter(({ event }) => event === "metadata").map((frame) => dataOf(frame)["attempt"])).toEqual([1]);
    expect(whole.filter(({ event }) => event === "custom").map(dataOf)).toEqual(parts);
    expect(inSdk.slice(1)).toEqual(parts);
    expect(workOf(file)).toEqual(Array.from({ length: steps }, (_, step) => `step ${step}`));
  },
  4 * MINUTES,
);

test.concurrent(
  "a node longer than its function may run: each try is a counted attempt, and the run ends with an error that says so",
  async () => {
    await using server = await start({ THREADLINE_ISOLATED_WORKER_TIMEOUT: "10" });
    const { thread_id } = await json(post(`${server.url}/threads`, {}));
    const thread = `${server.url}/threads/${String(thread_id)}`;
    const file = join(folder, "long");

    const response = await post(`${thread}/runs/stream`, { assistant_id: "long", input: { file, ms: 60_000 } });
    const frames = await readFrames(response);
    const run = await json(fetch(server.url + (response.headers.get("content-location") ?? "")));
    const state = await json(fetch(thread));
    const next = await readFrames(
      await post(`${thread}/runs/stream`, { assistant_id: "long", input: { file: join(folder, "short"), ms: 0 } }),
    );

    const attempts = frames.filter(({ event }) => event === "metadata").map((frame) => dataOf(frame)["attempt"]);
    // The first try may have left a checkpoint with the input: three more find no newer one.
    expect(attempts.length).toBeGreaterThanOrEqual(3);
    expect(attempts).toEqual(attempts.map((_, n) => n + 1));
    expect(frames.at(-1)?.event).toBe("error");
    expect(dataOf(frames.at(-1))).toEqual({
      error: "RunLost",
      message: expect.stringMatching(/3 times.*no progress.* time limit of 10 s: split/),
    });
    expect([run["status"], state["status"]]).toEqual(["error", "error"]);
    expect(workOf(file)).toEqual(attempts.map(() => "work"));
    expect(next.map(({ event }) => event)).not.toContain("error");
  },
  4 * MINUTES,
);
