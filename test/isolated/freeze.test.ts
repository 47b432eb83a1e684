/** A worker that freezes while somebody watches, and thaws when its run is another's: a real process under AWS's runtime client. */
import { execFileSync } from "node:child_process";
import { json, post } from "../support/sse.ts";
import {
  attemptOf,
  pidAt,
  type IsolatedServer,
  replay,
  startIsolatedServer,
  updatesOf,
  watch,
  type Watched,
} from "./watched-run.ts";

let place: IsolatedServer;
beforeAll(async () => {
  place = await startIsolatedServer();
});
afterAll(() => place.stop());

const isStopped = (pid: number): boolean =>
  execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).startsWith("T");

test("a worker frozen beyond its lease and thawed: nothing of its old claim becomes visible", async () => {
  const watched = await watch(place, "parallel", { ticks: 20, ms: 100 });

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
    await watch(place, "steps", { until: 30, ms: 150 })
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
  expect(place.server.output()).toMatch(
    new RegExp(`"message":"claim lost".*${runIdOf(watched)}|${runIdOf(watched)}.*"claim lost"`),
  );
});

const runIdOf = ({ run }: Watched): string => run.split("/").at(-1) ?? "";

/** Everything about the thread that a client can look at. */
async function seen({ run, thread }: Watched) {
  const paths = [run, thread, `${thread}/state`, `${thread}/runs`];
  const answers = await Promise.all(paths.map((path) => json(fetch(path))));
  return { answers, history: await json(post(`${thread}/history`, { limit: 100 })) };
}
