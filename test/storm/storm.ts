/**
 * `npm run storm`: the long forms, by hand. Two servers behind a stormy way to one table; kills with three readers each, of servers and of
 * single functions. Exit codes: 1 = something was wrong, 2 = wrong arguments.
 */
import { printFailure } from "../../command-line/command-error.ts";
import { parseCount, readArguments } from "../../command-line/read-arguments.ts";
import type { Violation } from "../support/invariants.ts";
import { killWhileRead } from "./kills.ts";
import { stormTwoServers } from "./two-servers.ts";

const USAGE = `Real servers, killed and cut off from their table, with people who read and write. Exit code 1 = an invariant was violated.

  npm run storm -- [--storms N] [--kills N] [--isolated N] [--seed S]

  --storms N    two servers on one table behind a proxy that drops, delays, throttles and serves the past (default: 10)
  --kills N     a server of two killed while each run has three readers                               (default: 40)
  --isolated N  the same with one process of a function                                               (default: 40)
  --seed S      of the first; the others count on from it                                             (default: 1)
  --help        this text`;

/** Storms take turns up to it. */
const ROUGHEST = 3;
/** ms in which the runs of a storm, or of a kill, have to end: the sweeper takes one up within two minutes. */
const RUNS_END_WITHIN = 240_000;
/** Rounds of kills at once. */
const LANES = 3;

interface Asked {
  storms: number;
  kills: number;
  isolated: number;
  seed: number;
}

const option = (otherwise: number) => ({ type: "string", default: String(otherwise) }) as const;
const OPTIONS = { storms: option(10), kills: option(40), isolated: option(40), seed: option(1) };

/** @returns "help" if that was asked for */
function parseAsked(args: string[]): Asked | "help" {
  const { help, ...values } = readArguments(args, OPTIONS, USAGE);
  if (help) return "help";
  const count = (name: keyof Asked): number => parseCount(name, values[name], 0);
  return { storms: count("storms"), kills: count("kills"), isolated: count("isolated"), seed: count("seed") };
}

function tell(what: string, { violations, ...counted }: { violations: Violation[] }): void {
  console.log(`${what}: ${violations.length} violations, ${JSON.stringify(counted)}`);
  for (const { invariant, text } of violations) console.log(`  ${invariant} ${text}`);
  if (violations.length > 0) process.exitCode = 1;
}

async function run({ storms, kills, isolated, seed }: Asked): Promise<void> {
  for (let n = 0; n < storms; n++)
    tell(
      `storm, seed ${seed + n}`,
      await stormTwoServers({
        seed: seed + n,
        people: 6,
        acts: 6,
        roughness: 1 + (n % ROUGHEST),
        patience: RUNS_END_WITHIN,
      }),
    );
  for (const [rounds, apart] of [
    [kills, false],
    [isolated, true],
  ] as const)
    if (rounds > 0)
      tell(
        `${rounds} kills of ${apart ? "functions" : "servers"}`,
        await killWhileRead({ seed, rounds, isolated: apart, lanes: LANES, patience: RUNS_END_WITHIN }),
      );
}

try {
  const asked = parseAsked(process.argv.slice(2));
  if (asked === "help") console.log(USAGE);
  else await run(asked);
} catch (error) {
  process.exitCode = printFailure(error);
}
