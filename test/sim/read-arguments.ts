/** The arguments of `npm run sim`. */
import { wrongArgument } from "../../command-line/command-error.ts";
import { parseCount, readArguments } from "../../command-line/read-arguments.ts";
import { createDice } from "./dice.ts";
import { drawFaults, type Faults } from "./faults.ts";
import { RULES } from "./rules.ts";

const FAULTS = Object.keys(drawFaults(createDice(1)));

export const USAGE = `Simulates the real core and adapters under faults, on virtual time. Exit code 1 = an invariant was violated.

  npm run sim -- [--seeds N] [--from S] [--seed N] [--without RULE,RULE] [--plan JSON] [--threads N] [--rules]

  --seeds N        how many random interleavings       (default: 1000, with --rules 500)
  --from S         the first of them                   (default: 1)
  --seed N         one alone, with its whole timeline
  --without RULES  takes rules out of the code, comma-separated; their names: --rules
  --plan JSON      faults that are not left to the dice, e.g. '{"lost":0.3}'
  --threads N      simulations at once                 (default: 2)
  --rules          each rule with what fails without it
  --help           this text`;

export interface Asked {
  seeds: number | undefined;
  from: number;
  seed: number | undefined;
  without: string[];
  plan: Partial<Faults>;
  threads: number;
  rules: boolean;
}

const OPTIONS = {
  seeds: { type: "string" },
  from: { type: "string", default: "1" },
  seed: { type: "string" },
  without: { type: "string", default: "" },
  plan: { type: "string", default: "{}" },
  threads: { type: "string", default: "2" },
  rules: { type: "boolean", default: false },
} as const;

/**
 * @returns "help" if that was asked for
 * @throws CommandError
 */
export function parseAsked(args: string[]): Asked | "help" {
  const values = readArguments(args, OPTIONS, USAGE);
  if (values.help) return "help";
  return {
    seeds: values.seeds === undefined ? undefined : parseCount("seeds", values.seeds),
    from: parseCount("from", values.from),
    seed: values.seed === undefined ? undefined : parseCount("seed", values.seed),
    without: values.without.split(",").filter(Boolean).map(ruleOf),
    plan: planOf(values.plan),
    threads: parseCount("threads", values.threads),
    rules: values.rules,
  };
}

function ruleOf(name: string): string {
  if (!RULES[name]?.off) throw wrongArgument(`--without: ${name} is not a rule that can be taken out.`);
  return name;
}

function planOf(text: string): Partial<Faults> {
  let plan: Partial<Faults> | null;
  try {
    plan = JSON.parse(text) as Partial<Faults> | null;
  } catch {
    throw wrongArgument("--plan is no JSON.");
  }
  if (typeof plan !== "object" || plan === null || Array.isArray(plan))
    throw wrongArgument("--plan is no JSON object.");
  const unknown = Object.keys(plan).find((name) => !FAULTS.includes(name));
  if (unknown !== undefined) throw wrongArgument(`--plan: ${unknown} is none of ${FAULTS.join(", ")}.`);
  return plan;
}
