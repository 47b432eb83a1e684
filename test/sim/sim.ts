/**
 * npm run sim -- [--seeds N] [--from S] [--seed N] [--without rule,rule] [--rules]: random interleavings of the real core and adapters under faults, on
 * virtual time. Exit code 1 on a violation, with the timeline of the first failing seed.
 */
import { parseArgs } from "node:util";
import type { Violation } from "../support/invariants.ts";
import type { Faults } from "./faults.ts";
import { explore, trace } from "./explore.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    without: { type: "string", default: "" },
    plan: { type: "string", default: "{}" },
    threads: { type: "string", default: "2" },
    rules: { type: "boolean", default: false },
  },
});
const plan = JSON.parse(values.plan) as Partial<Faults>;
const without = values.without.split(",").filter(Boolean);

async function one(seed: number): Promise<number> {
  const { timeline, violations, statuses, steps } = await trace(seed, without, plan);
  for (const line of timeline) console.log(line);
  console.log(`seed ${seed}: ${steps} events, runs ${JSON.stringify(statuses)}, ${violations.length} violations`);
  for (const { invariant, text } of violations) console.log(`${invariant} ${text}`);
  return violations.length ? 1 : 0;
}

/** Violations that differ in names and numbers alone are of one kind. */
const kindOf = (violation: Violation | undefined): string =>
  violation
    ? `${violation.invariant} ${violation.text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g, "…").replaceAll(/\b[A-Z]\b/g, "X")}`
    : "";

async function many(): Promise<number> {
  const from = Number(values.from);
  const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => from + i);
  const started = performance.now();
  let steps = 0;
  const statuses: Record<string, number> = {};
  const failed = await explore({
    seeds,
    without,
    plan,
    threads: Number(values.threads),
    onOutcome: (outcome) => {
      steps += outcome.steps;
      for (const [status, n] of Object.entries(outcome.statuses)) statuses[status] = (statuses[status] ?? 0) + n;
    },
  });
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${seeds.length} seeds, ${failed.length} failed, ${steps} events, ${seconds.toFixed(1)} s, runs ${JSON.stringify(statuses)}`,
  );
  const kinds = Map.groupBy(failed, ({ violations }) => kindOf(violations[0]));
  for (const [kind, of] of [...kinds].toSorted(([, a], [, b]) => b.length - a.length))
    console.log(
      `  ${String(of.length).padStart(5)}  ${kind}  (seeds ${of
        .slice(0, 5)
        .map(({ seed }) => seed)
        .join(", ")})`,
    );
  if (!failed[0]) return 0;
  const shortest = failed.toSorted((a, b) => a.steps - b.steps)[0] ?? failed[0];
  console.log(`\nthe shortest, seed ${shortest.seed}:`);
  await one(shortest.seed);
  return 1;
}

process.exitCode = values.seed === undefined ? await many() : await one(Number(values.seed));
