/** Seeds of the simulator, and that each rule is needed: without it some seed fails. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { type Explorer, openExplorer, seedsFrom } from "./explore.ts";
import { proofOf, RULES } from "./rules.ts";
import type { Outcome } from "./simulate.ts";

const MINUTE = 60_000;

let explorer: Explorer;
beforeAll(() => {
  explorer = openExplorer();
});
afterAll(() => explorer.close());

/** `pending --> running: worker`, of all seeds below. */
const transitions = new Set<string>();

describe("simulated seeds", () => {
  it(
    "hold every invariant: 100 of them",
    async () => {
      const ends = new Map<string, number>();
      const count = ({ statuses, ...outcome }: Outcome): void => {
        for (const transition of outcome.transitions) transitions.add(transition);
        for (const [status, n] of Object.entries(statuses)) ends.set(status, (ends.get(status) ?? 0) + n);
      };

      const failed = await explorer.explore({ seeds: seedsFrom(1, 60), onOutcome: count });
      // A thread is deleted in few seeds, and seldom during a run.
      failed.push(...(await explorer.explore({ seeds: seedsFrom(61, 40), plan: { remove: true }, onOutcome: count })));

      // What the seeds say counts only if much has happened in them.
      expect(ends.get("success")).toBeGreaterThan(75);
      expect([...ends.keys()]).toEqual(expect.arrayContaining(["error", "interrupted", "rolled_back", "deleted"]));
      expect(failed.map(({ seed, violations }) => ({ seed, violations }))).toEqual([]);
    },
    5 * MINUTE,
  );

  it("move runs only where docs/run-states.md has an arrow, by those whom it names", () => {
    const page = readFileSync(new URL("../../docs/run-states.md", import.meta.url), "utf8");
    const drawn = [...page.matchAll(/^ {2}(\S+ --> \S+): (.+)$/gm)].flatMap(([, arrow, writers = ""]) =>
      writers.split(", ").map((writer) => `${arrow}: ${writer}`),
    );

    expect(transitions.size).toBeGreaterThan(25);
    expect([...transitions].filter((transition) => !drawn.includes(transition))).toEqual([]);
  });

  it("are the same whenever they run", async () => {
    const [once, again] = [await explorer.trace(3), await explorer.trace(3)];

    expect(again.timeline.length).toBeGreaterThan(10);
    expect(again.timeline).toEqual(once.timeline);
  });
});

test("npm run sim -- --seeds N: how many, and how many failed", () => {
  const printed = execFileSync(process.execPath, ["test/sim/sim.ts", "--seeds", "3"], { encoding: "utf8" });

  expect(printed).toMatch(/3 seeds.*0 failed/);
});

const simulated = Object.keys(RULES).filter((name) => RULES[name]?.off);
const tested = Object.entries(RULES).filter(([, { off }]) => !off);

describe("the rules of the protocol", () => {
  it.each(simulated)(
    "%s: taken out of the code, some seed fails",
    async (name) => {
      const { shown, isProven } = await proofOf(explorer, name, seedsFrom(1, 500));

      expect(isProven, shown).toBe(true);
    },
    5 * MINUTE,
  );

  it.each(tested)("%s: names the test that fails without it", (_name, { test = "" }) => {
    const [file = "", title = ""] = test.split(/: (.*)/);

    expect(readFileSync(new URL(`../../${file}`, import.meta.url), "utf8")).toContain(`"${title}"`);
  });
});
