/** Functions with short time-outs: runs that are longer cross from one invocation to the next, and so do their readers. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@langchain/langgraph-sdk";
import { startServer, type TestServer } from "../support/server.ts";
import { json, post } from "../support/sse.ts";
import { dataOf, readAcross } from "./follow.ts";

/** s. A quarter of it is kept for a cut or a hand-over: on a busy machine a step takes as long as a second. */
const TIMEOUT = "16";

let folder: string;
let server: TestServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "threadline-limits-"));
  const env = {
    THREADLINE_LOG_LEVEL: "info",
    THREADLINE_ISOLATED_WORKER_TIMEOUT: TIMEOUT,
    THREADLINE_ISOLATED_API_TIMEOUT: TIMEOUT,
  };
  server = await startServer({ config: "test/fixtures/crash/langgraph.json", isolated: true, env });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const workOf = (file: string): string[] =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.slice(0, line.lastIndexOf(" ")));

test.concurrent("a run longer than its functions: handed over without an attempt, every event once, for readers that are cut too", async ({
  expect,
}) => {
  const client = new Client({ apiUrl: server.url, apiKey: null });
  const { thread_id } = await client.threads.create();
  const [file, end] = [join(folder, "steps"), join(folder, "end of steps")];
  const run = Promise.withResolvers<string>();
  const inSdk: unknown[] = [];
  const readBySdk = async (): Promise<void> => {
    const payload = {
      input: { file, end, ms: 1_000 },
      config: { recursion_limit: 1_000 },
      streamMode: ["custom" as const, "updates" as const],
      onRunCreated: ({ run_id }: { run_id: string }) => run.resolve(run_id),
    };
    for await (const { event, data } of client.runs.stream(thread_id, "steps", payload))
      if (event !== "updates") inSdk.push(data);
  };
  const handOvers = (): number =>
    server
      .output()
      .split("\n")
      .filter((line) => line.includes("run handed over") && line.includes(thread_id)).length;
  let breaks = 0;

  const reading = readBySdk();
  const url = `${server.url}/threads/${thread_id}/runs/${await run.promise}/stream`;
  const across = readAcross(url, (count) => (breaks = count));
  await expect.poll(() => Math.min(handOvers(), breaks)).toBeGreaterThanOrEqual(3);
  writeFileSync(end, "");
  const frames = await across;
  await reading;
  const whole = await readAcross(url);

  const work = workOf(file);
  const parts = work.flatMap((_, step) => [
    { step, part: 1 },
    { step, part: 2 },
  ]);
  expect(work).toEqual(work.map((_, step) => `step ${step}`));
  expect(frames).toEqual(whole);
  expect(whole.filter(({ event }) => event === "metadata").map((frame) => dataOf(frame)["attempt"])).toEqual([1]);
  expect(whole.filter(({ event }) => event === "custom").map(dataOf)).toEqual(parts);
  expect(inSdk.slice(1)).toEqual(parts);
});

test.concurrent("a node longer than its function may run: each try is a counted attempt, and the run ends with an error that says so", async ({
  expect,
}) => {
  const { thread_id } = await json(post(`${server.url}/threads`, {}));
  const thread = `${server.url}/threads/${String(thread_id)}`;
  const file = join(folder, "long");

  const begin = async (input: object): Promise<string> => {
    const { run_id } = await json(post(`${thread}/runs`, { assistant_id: "long", input }));
    return `${thread}/runs/${String(run_id)}`;
  };

  const long = await begin({ file, ms: 3_600_000 });
  const frames = await readAcross(`${long}/stream`);
  const run = await json(fetch(long));
  const state = await json(fetch(thread));
  const next = await readAcross(`${await begin({ file: join(folder, "short"), ms: 0 })}/stream`);

  const attempts = frames.filter(({ event }) => event === "metadata").map((frame) => dataOf(frame)["attempt"]);
  // The first try may have left a checkpoint with the input: three more find no newer one.
  expect(attempts.length).toBeGreaterThanOrEqual(3);
  expect(attempts).toEqual(attempts.map((_, n) => n + 1));
  expect(frames.at(-1)?.event).toBe("error");
  expect(dataOf(frames.at(-1))).toEqual({
    error: "RunLost",
    message: expect.stringMatching(/3 times.*no progress.* time limit of 16 s: split/),
  });
  expect([run["status"], state["status"]]).toEqual(["error", "error"]);
  expect(workOf(file)).toEqual(attempts.map(() => "work"));
  expect(next.map(({ event }) => event)).not.toContain("error");
});
