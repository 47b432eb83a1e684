/** The command line of `npm run sim`. Must not simulate. */
import { parseArgs } from "node:util";
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

/** @returns the usage if that was asked for, a message if the arguments are wrong */
export function readArguments(args: string[]): Asked | { help: string } | { wrong: string } {
  try {
    const { values } = parseArgs({
      args,
      options: {
        seeds: { type: "string" },
        from: { type: "string", default: "1" },
        seed: { type: "string" },
        without: { type: "string", default: "" },
        plan: { type: "string", default: "{}" },
        threads: { type: "string", default: "2" },
        rules: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help) return { help: USAGE };
    return {
      seeds: values.seeds === undefined ? undefined : count("--seeds", values.seeds),
      from: count("--from", values.from),
      seed: values.seed === undefined ? undefined : count("--seed", values.seed),
      without: values.without.split(",").filter(Boolean).map(ruleOf),
      plan: planOf(values.plan),
      threads: count("--threads", values.threads),
      rules: values.rules,
    };
  } catch (error) {
    return { wrong: `${error instanceof Error ? error.message : String(error)}\n\n${USAGE}` };
  }
}

function count(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`${name}: ${text} is not a whole number above 0.`);
  return number;
}

function ruleOf(name: string): string {
  if (!RULES[name]?.off) throw new Error(`--without: ${name} is not a rule that can be taken out.`);
  return name;
}

function planOf(text: string): Partial<Faults> {
  let plan: Partial<Faults> | null;
  try {
    plan = JSON.parse(text) as Partial<Faults> | null;
  } catch {
    throw new Error("--plan is no JSON.");
  }
  if (typeof plan !== "object" || plan === null || Array.isArray(plan)) throw new Error("--plan is no JSON object.");
  const unknown = Object.keys(plan).find((name) => !FAULTS.includes(name));
  if (unknown !== undefined) throw new Error(`--plan: ${unknown} is none of ${FAULTS.join(", ")}.`);
  return plan;
}
