/** The short form of `npm run storm`: two servers on one table, behind a proxy that does what networks and AWS do. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { PATIENCE } from "../support/patience.ts";
import { stormTwoServers } from "./two-servers.ts";

test("two servers on one table that is reached through drops, delays, throttles and stale reads: nothing is lost, twice, or out of order", async () => {
  const { violations, runs, met } = await stormTwoServers({
    seed: 1,
    people: 3,
    acts: 4,
    roughness: 1,
    patience: 3 * PATIENCE,
  });

  expect(violations).toEqual([]);
  expect(runs).toBeGreaterThan(3);
  expect(Object.entries(met).filter(([kind, count]) => kind !== "late" && count === 0)).toEqual([]);
});

test.each([
  [["--storms", "x"], "--storms: x is not a whole number"],
  [["--storm"], "npm run storm --"],
  [["--kills=-1"], "--kills: -1 is not a whole number"],
])("npm run storm with wrong arguments runs nothing: %j", (args, reason) => {
  const file = fileURLToPath(new URL("storm.ts", import.meta.url));

  const { status, stderr } = spawnSync(process.execPath, [file, ...args], { encoding: "utf8" });

  expect(status).toBe(2);
  expect(stderr).toContain(reason);
});
