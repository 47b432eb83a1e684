/** The short forms of `npm run storm`'s kills: while three people read each run, with the stock SDK, something that serves them dies. */
import { killWhileRead } from "../storm/kills.ts";

/** ms. Readers take up a run within 20 s, the sweeper within two minutes; each needs a new process. */
const PATIENCE = 180_000;

test.concurrent.each([
  ["a server of two", false],
  ["a process of a function", true],
])(
  "kills of %s: every reader sees every event once, nothing is done twice",
  async (_, isolated) => {
    const { violations, kills, runs } = await killWhileRead({ seed: 1, rounds: 2, isolated, patience: PATIENCE });

    expect(violations).toEqual([]);
    expect([kills, runs]).toEqual([2, 6]);
  },
  240_000,
);
