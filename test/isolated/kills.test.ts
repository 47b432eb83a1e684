/** The short forms of `npm run storm`'s kills: while three people read each run, with the stock SDK, something that serves them dies. */
import { killWhileRead } from "../storm/kills.ts";
import { PATIENCE } from "../support/patience.ts";

/** ms. Readers take up a run within 20 s, the sweeper within two minutes; each needs a new process, on a machine that starts many. */
const RUNS_END_WITHIN = 2 * PATIENCE;

test.concurrent.each([
  ["a server of two", false],
  ["a process of a function", true],
])("kills of %s: every reader sees every event once, nothing is done twice", async (_, isolated) => {
  const { violations, kills, runs } = await killWhileRead({
    seed: 1,
    rounds: 2,
    isolated,
    // One round after the other takes the functions' processes of the first: fewer start.
    lanes: 1,
    patience: RUNS_END_WITHIN,
  });

  expect(violations).toEqual([]);
  expect([kills, runs]).toEqual([2, 6]);
});
