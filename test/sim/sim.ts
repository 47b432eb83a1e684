/**
 * `npm run sim`: random interleavings of the real core and adapters under faults, on virtual time. Exit codes: 1 = a violation, with the
 * timeline of the shortest failing seed, 2 = wrong arguments.
 */
import { printFailure } from "../../command-line/command-error.ts";
import type { Violation } from "../support/invariants.ts";
import { openExplorer, seedsFrom } from "./explore.ts";
import { type Asked, parseAsked, USAGE } from "./read-arguments.ts";
import { proofOf, RULES } from "./rules.ts";

const asked = readAsked();
const { without, plan } = asked;
const how = { without, plan };
const explorer = openExplorer(asked.threads);

/** Ends the process after wrong arguments, and after the usage. */
function readAsked(): Asked {
  try {
    const read = parseAsked(process.argv.slice(2));
    if (read !== "help") return read;
  } catch (error) {
    process.exit(printFailure(error));
  }
  console.log(USAGE);
  process.exit(0);
}

async function one(seed: number): Promise<number> {
  const { timeline, violations, statuses, steps } = await explorer.trace(seed, how);
  for (const line of timeline) console.log(line);
  console.log(`seed ${seed}: ${steps} events, runs ${JSON.stringify(statuses)}, ${violations.length} violations`);
  for (const { invariant, text } of violations) console.log(`${invariant} ${text}`);
  return violations.length ? 1 : 0;
}

/** Violations that differ in names and numbers alone are of one kind. */
const kindOf = ({ invariant, text }: Violation): string =>
  `${invariant} ${text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g, "…").replaceAll(/\b[A-Z]\b/g, "X")}`;

async function many(seeds: number[]): Promise<number> {
  const started = performance.now();
  let steps = 0;
  const statuses: Record<string, number> = {};
  const failed = await explorer.explore({
    seeds,
    ...how,
    onOutcome: (outcome) => {
      steps += outcome.steps;
      for (const [status, n] of Object.entries(outcome.statuses)) statuses[status] = (statuses[status] ?? 0) + n;
    },
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const counted = `${steps} events in ${seconds} s, runs ${JSON.stringify(statuses)}`;
  console.log(`${seeds.length} seeds from ${seeds[0]}: ${failed.length} failed; ${counted}`);
  const kinds = Map.groupBy(failed, ({ violations: [first] }) => (first ? kindOf(first) : ""));
  for (const [kind, of] of [...kinds].toSorted(([, a], [, b]) => b.length - a.length)) {
    const some = of.slice(0, 5).map(({ seed }) => seed);
    console.log(`${String(of.length).padStart(6)}  ${kind}  (seeds ${some.join(", ")}${of.length > 5 ? ", …" : ""})`);
  }
  const [shortest] = failed.toSorted((a, b) => a.steps - b.steps);
  return shortest ? one(shortest.seed) : 0;
}

/** Each rule with what fails without it. */
async function table(seeds: number[]): Promise<number> {
  let unproven = 0;
  for (const [name, rule] of Object.entries(RULES)) {
    const { shown, isProven } = await proofOf(explorer, name, seeds);
    if (!isProven) unproven++;
    console.log(`| ${name} | ${rule.sentence} | ${shown} |`);
  }
  return unproven ? 1 : 0;
}

const seeds = (otherwise: number): number[] => seedsFrom(asked.from, asked.seeds ?? otherwise);
if (asked.rules) process.exitCode = await table(seeds(500));
else process.exitCode = asked.seed === undefined ? await many(seeds(1_000)) : await one(asked.seed);
await explorer.close();
