/** Workers that are killed, freeze or are blocked, with and without somebody who watches: real processes under AWS's runtime client. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LEASE, REDRIVE_AFTER_LEASE } from "../../functions/core/run/timings.ts";
import { isFrozen } from "../support/descendants.ts";
import { type Frame, json, post } from "../support/sse.ts";
import { dataOf } from "./follow.ts";
import {
  attemptOf,
  type IsolatedServer,
  readWork,
  replay,
  startIsolatedServer,
  updatesOf,
  watch,
  type Watched,
} from "./watched-run.ts";

/** ms. */
const BLOCKED = LEASE + 5_000;

let place: IsolatedServer;
let startedAt: number;
beforeAll(async () => {
  place = await startIsolatedServer();
  startedAt = performance.now();
});
afterAll(() => place.stop());

/** Starts runs that stay at work, each with a worker of its own, until the condition is fulfilled; then lets them end. */
async function useWorkersUntil(fulfilled: () => boolean): Promise<void> {
  const hold = join(place.folder, "used");
  const runs: Watched[] = [];
  while (!fulfilled()) {
    const run = await watch(place, "parallel", { ticks: 1, hold });
    runs.push(run);
    await run.reader.until((frame) => dataOf(frame)["tick"] === 0);
  }
  writeFileSync(hold, "");
  await Promise.all(runs.map(({ reader }) => reader.ended));
}

const ticksOf = (frames: Frame[]): unknown[] =>
  frames.filter(({ event }) => event === "custom").map((frame) => dataOf(frame)["tick"]);
const count = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);
const runIdOf = ({ run }: Watched): string => run.split("/").at(-1) ?? "";

/** A run of which one task has ended and one is at work until the file is there, and its process. */
async function atWork(hold: string): Promise<{ watched: Watched; pid: number }> {
  const watched = await watch(place, "parallel", { ticks: 20, hold });
  await watched.reader.until((frame) => dataOf(frame)["quick"] !== undefined);
  const last = await watched.reader.until((frame) => dataOf(frame)["tick"] === 19);
  return { watched, pid: Number(dataOf(last)["pid"]) };
}

test.concurrent("a worker killed in a node: the same stream goes on with the next attempt, and finished tasks do not run again", async ({
  expect,
}) => {
  const hold = join(place.folder, "killed");
  const { watched, pid } = await atWork(hold);

  process.kill(pid, "SIGKILL");
  writeFileSync(hold, "");
  const killedAt = performance.now();
  await watched.reader.until((frame) => attemptOf(frame) === 2);
  const seconds = (performance.now() - killedAt) / 1_000;
  const ended = await watched.reader.ended;

  console.info(`killed worker: the next attempt was seen after ${seconds.toFixed(1)} s`);
  const { frames } = watched.reader;
  const second = frames.findIndex((frame) => attemptOf(frame) === 2);
  const [before, after] = [frames.slice(0, second), frames.slice(second)];
  expect(ended).toBe("whole");
  expect(ticksOf(before)).toEqual(count(0, 20));
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
});

test.concurrent("a worker killed while nobody watches: the sweeper finds the run", async ({ expect }) => {
  // A server that has just started sends active runs once more by itself (local/resend.ts).
  await sleep(Math.max(0, startedAt + LEASE + REDRIVE_AFTER_LEASE - performance.now()));
  const { thread_id } = await json(post(`${place.server.url}/threads`, {}));
  const file = join(place.folder, String(thread_id));
  const hold = join(place.folder, "killed unseen");
  const begun = () => (existsSync(file) ? readWork(file).filter(({ what }) => what === "slow begins") : []);
  const runs = `${place.server.url}/threads/${String(thread_id)}/runs`;
  const { run_id } = await json(post(runs, { assistant_id: "parallel", input: { file, ticks: 1, hold } }));

  await expect.poll(begun).toHaveLength(1);
  process.kill(begun()[0]?.pid ?? Number.NaN, "SIGKILL");
  writeFileSync(hold, "");
  const killedAt = performance.now();
  await expect.poll(begun, { interval: 100 }).toHaveLength(2);
  const seconds = (performance.now() - killedAt) / 1_000;
  const result = await json(fetch(`${runs}/${String(run_id)}/join`));

  console.info(`killed worker, no reader: the next attempt began after ${seconds.toFixed(1)} s`);
  expect(place.server.output()).toMatch(new RegExp(`"run sent again".*${String(run_id)}`));
  expect(result).toMatchObject({ done: ["quick", "slow", "last"] });
});

test.concurrent("a worker frozen beyond its lease and thawed: nothing of its old claim becomes visible", async ({
  expect,
}) => {
  const hold = join(place.folder, "frozen");
  const { watched, pid } = await atWork(hold);

  process.kill(pid, "SIGSTOP");
  writeFileSync(hold, "");
  await watched.reader.until((frame) => attemptOf(frame) === 2);
  const ended = await watched.reader.ended;
  const before = { frames: await replay(watched), ...(await seen(watched)) };
  const workBefore = watched.work();
  process.kill(pid, "SIGCONT");
  const endings = () => watched.work().filter(({ what, pid: worker }) => what === "slow ends" && worker === pid);
  await expect.poll(endings).toHaveLength(1);
  // Its host stops it again when its invocation is over; what its graph still does goes on under the next one.
  await expect.poll(() => isFrozen(pid)).toBe(true);
  await useWorkersUntil(() => !isFrozen(pid));
  const after = { frames: await replay(watched), ...(await seen(watched)) };

  expect(ended).toBe("whole");
  expect(updatesOf(watched.reader.frames)).toEqual(["quick", "quick (stored)", "slow", "last"]);
  expect(before.frames).toEqual(watched.reader.frames);
  expect(after).toEqual(before);
  expect(workBefore.filter(({ what }) => what === "last")).toHaveLength(1);
  expect(watched.work().filter(({ what }) => what === "last")).toHaveLength(1);
  expect(place.server.output()).toMatch(
    new RegExp(`"message":"claim lost".*${runIdOf(watched)}|${runIdOf(watched)}.*"claim lost"`),
  );
});

/** Everything about the thread that a client can look at. */
async function seen({ run, thread }: Watched) {
  const paths = [run, thread, `${thread}/state`, `${thread}/runs`];
  const answers = await Promise.all(paths.map((path) => json(fetch(path))));
  return { answers, history: await json(post(`${thread}/history`, { limit: 100 })) };
}

test.concurrent.for([
  ["its process", true],
  ["the whole server", false],
] as const)(
  "R7: a node that blocks %s for 20 s, longer than its lease, succeeds once",
  async ([, isolated], { expect, onTestFinished }) => {
    const server = isolated ? place : await startIsolatedServer({ isolated });
    if (!isolated) onTestFinished(() => server.stop());
    const watched = await watch(server, "blocked", { ms: BLOCKED });

    const ended = await watched.reader.ended;

    const { frames } = watched.reader;
    expect(ended).toBe("whole");
    expect(frames.map(attemptOf).filter((attempt) => attempt !== undefined)).toEqual([1]);
    expect(updatesOf(frames)).toEqual(["compute"]);
    expect(watched.work().map(({ what }) => what)).toEqual(["compute begins", "compute ends"]);
    expect(await json(fetch(watched.run))).toMatchObject({ status: "success" });
  },
);
