/** Workers that die, freeze or run out of time while somebody watches: real processes under AWS's runtime client, one stream. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LEASE, NUDGE_AFTER_LEASE } from "../../functions/core/timings.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { type Frame, json, post, readFrames } from "../support/sse.ts";
import { dataOf, follow, type Follower } from "./follow.ts";

const config = "test/fixtures/crash/langgraph.json";

let folder: string;
let server: TestServer;
let startedAt: number;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "threadline-crash-"));
  server = await startServer({ config, isolated: true, env: { LOG_LEVEL: "info" } });
  startedAt = performance.now();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Watched {
  reader: Follower;
  thread: string;
  run: string;
  /** What the graph's tasks left outside, in order. */
  work(): { what: string; pid: number }[];
}

async function watch(graph: string, input: object): Promise<Watched> {
  const { thread_id } = await json(post(`${server.url}/threads`, {}));
  const file = join(folder, String(thread_id));
  const response = await post(`${server.url}/threads/${String(thread_id)}/runs/stream`, {
    assistant_id: graph,
    input: { ...input, file },
    stream_mode: ["custom", "updates"],
  });
  const run = response.headers.get("content-location") ?? "";
  const work = () => readWork(file);
  return {
    reader: follow(response),
    thread: `${server.url}/threads/${String(thread_id)}`,
    run: server.url + run,
    work,
  };
}

const readWork = (file: string): { what: string; pid: number }[] =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => ({ what: line.slice(0, line.lastIndexOf(" ")), pid: Number(line.split(" ").at(-1)) }));

const attemptOf = (frame: Frame): unknown => (frame.event === "metadata" ? dataOf(frame)["attempt"] : undefined);
const ticksOf = (frames: Frame[]): unknown[] =>
  frames.filter(({ event }) => event === "custom").map((frame) => dataOf(frame)["tick"]);
/** Tasks by name; what LangGraph takes from a stored write, and shows again, is marked. */
const updatesOf = (frames: Frame[]): string[] =>
  frames
    .filter(({ event }) => event === "updates")
    .map((frame) => {
      const { __metadata__: known, ...tasks } = dataOf(frame);
      return `${Object.keys(tasks).join()}${known === undefined ? "" : " (stored)"}`;
    });
const replay = async ({ run }: Watched): Promise<Frame[]> =>
  readFrames(await fetch(`${run}/stream`, { headers: { "last-event-id": "-1" } }));

/** The process that the slow task told of at this tick. */
const pidAt = async ({ reader }: Watched, tick: number): Promise<number> =>
  Number(dataOf(await reader.until((frame) => dataOf(frame)["tick"] === tick))["pid"]);

const isStopped = (pid: number): boolean =>
  execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).startsWith("T");

const count = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);

test.concurrent("a worker killed in a node: the same stream goes on with the next attempt, and finished tasks do not run again", async () => {
  const watched = await watch("parallel", { ticks: 20, ms: 100 });

  const pid = await pidAt(watched, 5);
  process.kill(pid, "SIGKILL");
  const killedAt = performance.now();
  await watched.reader.until((frame) => attemptOf(frame) === 2);
  const seconds = (performance.now() - killedAt) / 1_000;
  const ended = await watched.reader.ended;

  console.info(`killed worker: the next attempt was seen after ${seconds.toFixed(1)} s`);
  const { frames } = watched.reader;
  const second = frames.findIndex((frame) => attemptOf(frame) === 2);
  const [before, after] = [frames.slice(0, second), frames.slice(second)];
  expect(ended).toBe("whole");
  expect(ticksOf(before)).toEqual(count(0, ticksOf(before).length));
  expect(updatesOf(before)).toEqual(["quick"]);
  expect(ticksOf(after)).toEqual(count(0, 20));
  expect(updatesOf(after)).toEqual(["quick (stored)", "slow", "last"]);
  expect(
    watched
      .work()
      .map(({ what }) => what)
      .toSorted(),
  ).toEqual(["last", "quick", "slow begins", "slow begins", "slow ends"]);
  expect(await replay(watched)).toEqual(frames);
  expect(await json(fetch(watched.run))).toMatchObject({ status: "success" });
  expect(await json(fetch(`${watched.thread}/state`))).toMatchObject({
    values: { done: ["quick", "slow", "last"] },
    next: [],
  });
}, 120_000);

test.concurrent("a worker killed while nobody watches: the clock finds the run", async () => {
  // A server that has just started sends active runs once more by itself (local/resend.ts).
  await sleep(Math.max(0, startedAt + LEASE + NUDGE_AFTER_LEASE - performance.now()));
  const { thread_id } = await json(post(`${server.url}/threads`, {}));
  const file = join(folder, String(thread_id));
  const begun = () => (existsSync(file) ? readWork(file).filter(({ what }) => what === "slow begins") : []);
  const input = { file, ticks: 20, ms: 100 };
  const runs = `${server.url}/threads/${String(thread_id)}/runs`;
  const { run_id } = await json(post(runs, { assistant_id: "parallel", input }));

  await expect.poll(begun, { timeout: 30_000 }).toHaveLength(1);
  process.kill(begun()[0]?.pid ?? Number.NaN, "SIGKILL");
  const killedAt = performance.now();
  await expect.poll(begun, { timeout: 150_000, interval: 100 }).toHaveLength(2);
  const seconds = (performance.now() - killedAt) / 1_000;
  const result = await json(fetch(`${runs}/${String(run_id)}/join`));

  console.info(`killed worker, no reader: the next attempt began after ${seconds.toFixed(1)} s`);
  expect(server.output()).toMatch(new RegExp(`"run sent again".*${String(run_id)}`));
  expect(result).toMatchObject({ done: ["quick", "slow", "last"] });
}, 240_000);

test("a worker frozen beyond its lease and thawed: nothing of its old claim becomes visible", async () => {
  const watched = await watch("parallel", { ticks: 20, ms: 100 });

  const pid = await pidAt(watched, 5);
  process.kill(pid, "SIGSTOP");
  await watched.reader.until((frame) => attemptOf(frame) === 2);
  const ended = await watched.reader.ended;
  const before = { frames: await replay(watched), ...(await seen(watched)) };
  const workBefore = watched.work();
  process.kill(pid, "SIGCONT");
  // Its host stops it again when its invocation is over; what its graph still does goes on under the next one.
  await expect.poll(() => isStopped(pid), { timeout: 30_000 }).toBe(true);
  await (
    await watch("steps", { until: 30, ms: 150 })
  ).reader.ended;
  await expect
    .poll(() => watched.work().filter((work) => work.what === "slow ends" && work.pid === pid))
    .toHaveLength(1);
  const after = { frames: await replay(watched), ...(await seen(watched)) };

  expect(ended).toBe("whole");
  expect(updatesOf(watched.reader.frames)).toEqual(["quick", "quick (stored)", "slow", "last"]);
  expect(before.frames).toEqual(watched.reader.frames);
  expect(after).toEqual(before);
  expect(workBefore.filter(({ what }) => what === "last")).toHaveLength(1);
  expect(watched.work().filter(({ what }) => what === "last")).toHaveLength(1);
  expect(server.output()).toMatch(
    new RegExp(`"message":"claim lost".*${runIdOf(watched)}|${runIdOf(watched)}.*"claim lost"`),
  );
}, 120_000);

const runIdOf = ({ run }: Watched): string => run.split("/").at(-1) ?? "";

/** Everything about the thread that a client can look at. */
async function seen({ run, thread }: Watched) {
  const paths = [run, thread, `${thread}/state`, `${thread}/runs`];
  const answers = await Promise.all(paths.map((path) => json(fetch(path))));
  return { answers, history: await json(post(`${thread}/history`, { limit: 100 })) };
}
