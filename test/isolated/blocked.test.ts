/** A node that blocks the event loop of its process for longer than the lease, while somebody watches: no reason to run it again. */
import { LEASE } from "../../functions/core/run/timings.ts";
import { json } from "../support/sse.ts";
import { attemptOf, type IsolatedServer, startIsolatedServer, updatesOf, watch } from "./watched-run.ts";

const BLOCKED = LEASE + 5_000;

const places: IsolatedServer[] = [];
afterAll(async () => {
  for (const place of places) await place.stop();
});

test.concurrent.each([
  ["in a process of its own", true],
  ["in the server's process", false],
])("R7: a node that computes for 20 s %s succeeds once", async (_where, isolated) => {
  const place = await startIsolatedServer({ isolated });
  places.push(place);
  const watched = await watch(place, "blocked", { ms: BLOCKED });

  const ended = await watched.reader.ended;

  const { frames } = watched.reader;
  expect(ended).toBe("whole");
  expect(frames.map(attemptOf).filter((attempt) => attempt !== undefined)).toEqual([1]);
  expect(updatesOf(frames)).toEqual(["compute"]);
  expect(watched.work().map(({ what }) => what)).toEqual(["compute begins", "compute ends"]);
  expect(await json(fetch(watched.run))).toMatchObject({ status: "success" });
});
