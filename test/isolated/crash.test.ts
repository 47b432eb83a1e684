/** Workers that are killed, with and without somebody who watches: real processes under AWS's runtime client, one stream. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LEASE, REDRIVE_AFTER_LEASE } from "../../functions/core/run/timings.ts";
import { type Frame, json, post } from "../support/sse.ts";
import { dataOf } from "./follow.ts";
import {
  attemptOf,
  pidAt,
  type IsolatedServer,
  readWork,
  replay,
  startIsolatedServer,
  updatesOf,
  watch,
} from "./watched-run.ts";

let place: IsolatedServer;
let startedAt: number;
beforeAll(async () => {
  place = await startIsolatedServer();
  startedAt = performance.now();
});
afterAll(() => place.stop());

const ticksOf = (frames: Frame[]): unknown[] =>
  frames.filter(({ event }) => event === "custom").map((frame) => dataOf(frame)["tick"]);
const count = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);

test.concurrent("a worker killed in a node: the same stream goes on with the next attempt, and finished tasks do not run again", async () => {
  const watched = await watch(place, "parallel", { ticks: 20, ms: 100 });

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
});

test.concurrent("a worker killed while nobody watches: the sweeper finds the run", async () => {
  // A server that has just started sends active runs once more by itself (local/resend.ts).
  await sleep(Math.max(0, startedAt + LEASE + REDRIVE_AFTER_LEASE - performance.now()));
  const { thread_id } = await json(post(`${place.server.url}/threads`, {}));
  const file = join(place.folder, String(thread_id));
  const begun = () => (existsSync(file) ? readWork(file).filter(({ what }) => what === "slow begins") : []);
  const input = { file, ticks: 20, ms: 100 };
  const runs = `${place.server.url}/threads/${String(thread_id)}/runs`;
  const { run_id } = await json(post(runs, { assistant_id: "parallel", input }));

  await expect.poll(begun, { timeout: 30_000 }).toHaveLength(1);
  process.kill(begun()[0]?.pid ?? Number.NaN, "SIGKILL");
  const killedAt = performance.now();
  await expect.poll(begun, { timeout: 150_000, interval: 100 }).toHaveLength(2);
  const seconds = (performance.now() - killedAt) / 1_000;
  const result = await json(fetch(`${runs}/${String(run_id)}/join`));

  console.info(`killed worker, no reader: the next attempt began after ${seconds.toFixed(1)} s`);
  expect(place.server.output()).toMatch(new RegExp(`"run sent again".*${String(run_id)}`));
  expect(result).toMatchObject({ done: ["quick", "slow", "last"] });
}, 240_000);
