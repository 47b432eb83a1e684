/** The arguments of `npm run cost`. */
import { wrongArgument } from "../command-line/command-error.ts";
import { readArguments } from "../command-line/read-arguments.ts";
import { METRICS } from "../functions/core/metrics/metric-names.ts";
import { MEMORY_MB } from "../functions/host/memory.ts";
import type { Use } from "./estimate.ts";

interface Option {
  use: keyof Use;
  otherwise: number;
  what: string;
  /** Default: 0. */
  least?: number;
}

/** Each measure of a server, and the ended runs by each of the four statuses, too. */
const PUBLISHED = Object.keys(METRICS).length + 4;

/** Memory, days, alarms and so on as `infra/` deploys them. */
const OPTIONS: Record<string, Option> = {
  "runs-per-day": { use: "runsPerDay", otherwise: 1_000, what: "runs" },
  "seconds-per-run": {
    use: "secondsPerRun",
    otherwise: 30,
    what: "s from the start of the graph to its end",
    least: 0.1,
  },
  tokens: { use: "tokens", otherwise: 1_800, what: "tokens of a run" },
  "tokens-per-second": { use: "tokensPerSecond", otherwise: 60, what: "while they come", least: 1 },
  calls: { use: "calls", otherwise: 2, what: "model calls of a run, each a superstep", least: 1 },
  readers: { use: "readers", otherwise: 1, what: "streams open during a run; 0 = background runs" },
  "state-kb": { use: "stateKb", otherwise: 10, what: "KB of messages on the thread when a run begins" },
  memory: { use: "workerMemory", otherwise: MEMORY_MB.worker, what: "MB of the worker", least: 128 },
  "api-memory": { use: "apiMemory", otherwise: MEMORY_MB.api, what: "MB of the function that streams", least: 128 },
  "retention-days": { use: "retentionDays", otherwise: 7, what: "days that events are kept" },
  "log-days": { use: "logDays", otherwise: 30, what: "days that logs are kept" },
  alarms: {
    use: "alarms",
    otherwise: 10,
    what: "metrics that CloudWatch alarms watch: nine alarms, one of two; two more ask for throttles",
  },
  metrics: { use: "metrics", otherwise: PUBLISHED, what: "custom metrics, billed in hours with runs" },
  secrets: { use: "secrets", otherwise: 1, what: "secrets in Secrets Manager: the generated key" },
};

export const USAGE = [
  "What runs cost on AWS, from measured unit counts and list prices.",
  "",
  "  npm run cost -- [--runs-per-day N] [--seconds-per-run S] [--tokens T] [--readers R] …",
  "",
  ...Object.entries(OPTIONS).map(
    ([name, { otherwise, what }]) => `  --${name.padEnd(18)} ${what} (default: ${otherwise})`,
  ),
].join("\n");

/**
 * @returns "help" if that was asked for
 * @throws CommandError
 */
export function parseUse(args: string[]): Use | "help" {
  const options = Object.fromEntries(Object.keys(OPTIONS).map((name) => [name, { type: "string" } as const]));
  const { help, ...values } = readArguments(args, options, USAGE);
  const given = new Map(Object.entries(values));
  return help === true ? "help" : useOf((name) => given.get(name)?.toString());
}

/** The use with all defaults. */
export const usualUse = (): Use => useOf(() => undefined);

function useOf(given: (name: string) => string | undefined): Use {
  const read = (name: string, { otherwise, least = 0 }: Option): number => {
    const text = given(name);
    if (text === undefined) return otherwise;
    const number = Number(text);
    if (text === "" || !Number.isFinite(number) || number < least)
      throw wrongArgument(`--${name}: ${text} is not a number of at least ${least}.`);
    return number;
  };
  const entries = Object.entries(OPTIONS).map(([name, option]): [keyof Use, number] => [
    option.use,
    read(name, option),
  ]);
  return Object.fromEntries(entries) as Record<keyof Use, number>;
}
