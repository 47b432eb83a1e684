/**
 * The load scenarios: what is asked of the server and which figures come of it. Each call of `measure` is one repetition. Must not print.
 */
import { countCalls } from "./count-calls.ts";
import type { Load, LoadClient, Measured } from "./load.ts";
import { measureStart } from "./measure-start.ts";
import { percentile } from "./statistics.ts";

export interface Setting {
  url: string;
  client: LoadClient;
  /** Absolute path of the langgraph.json that is served. */
  config: string;
}

export interface Scenario {
  name: string;
  /** At most so many repetitions, for what takes long or does not vary. */
  repeat?: number;
  /** Run once before, to no account: what a warm server does is measured. */
  warmUp?: (setting: Setting) => Promise<unknown>;
  measure(setting: Setting): Promise<Record<string, number>>;
}

const AGENT: Load["body"] = { assistant_id: "agent", input: { topic: "ice cream" }, stream_mode: "updates" };
const slow = (n: number, delay_ms: number): Load["body"] => ({
  assistant_id: "slow",
  input: { n, delay_ms },
  stream_mode: "custom",
});
const tokens = (n: number, delay_ms: number): Load["body"] => ({
  assistant_id: "tokens",
  input: { n, delay_ms },
  stream_mode: "messages-tuple",
});

/** Runs `body`, and makes sure that each run had all its events: a server that drops some is not fast. */
async function load({ url, client }: Setting, events: number, asked: Omit<Load, "url">): Promise<Measured> {
  const measured = await client.run({ url, ...asked });
  const odd = measured.runs.find((run) => run.events < events);
  if (odd || measured.runs.length !== asked.runs)
    throw new Error(`A run had ${odd?.events} events instead of ${events}.`);
  return measured;
}

const rate = ({ runs }: Measured): number =>
  percentile(
    runs.map(({ events, last }) => (events / last) * 1_000),
    0.5,
  );

const TWO_NODES = 2;
const SEQUENTIAL_RUNS = 40;
const SHORT_RUNS = 200;
const COUNTED_RUNS = 10;
const PACED_TOKENS = 1_000;
const PACED_RUNS = 3;

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "sequential",
    warmUp: (setting) => load(setting, TWO_NODES, { clients: 1, runs: 20, body: AGENT }),
    async measure(setting) {
      const { runs } = await load(setting, TWO_NODES, { clients: 1, runs: SEQUENTIAL_RUNS, body: AGENT });
      const [first, graph] = [runs.map((run) => run.first), runs.map((run) => run.graph)];
      return {
        "first-p50": percentile(first, 0.5),
        "first-p95": percentile(first, 0.95),
        "graph-p50": percentile(graph, 0.5),
        "graph-p95": percentile(graph, 0.95),
        "closed-p50": percentile(
          runs.map((run) => run.closed),
          0.5,
        ),
      };
    },
  },
  {
    name: "chunks",
    warmUp: (setting) => load(setting, 5_000, { clients: 1, runs: 2, body: slow(5_000, 0) }),
    measure: async (setting) => ({
      chunks: rate(await load(setting, 5_000, { clients: 1, runs: 3, body: slow(5_000, 0) })),
    }),
  },
  {
    name: "tokens",
    warmUp: (setting) => load(setting, 2_000, { clients: 1, runs: 2, body: tokens(2_000, 0) }),
    measure: async (setting) => ({
      tokens: rate(await load(setting, 2_000, { clients: 1, runs: 3, body: tokens(2_000, 0) })),
    }),
  },
  {
    name: "crowd",
    warmUp: (setting) => load(setting, 10, { clients: 50, runs: 50, body: tokens(10, 20) }),
    async measure(setting) {
      const asked = { clients: 50, runs: 50, body: tokens(100, 20), stamped: true };
      const { runs, wall } = await load(setting, 100, asked);
      const lags = runs.flatMap((run) => run.lags);
      return {
        "crowd-first": percentile(
          runs.map((run) => run.graph),
          0.95,
        ),
        "crowd-done": wall / 1_000,
        "crowd-lag-p50": percentile(lags, 0.5),
        "crowd-lag-p95": percentile(lags, 0.95),
      };
    },
  },
  {
    name: "short",
    warmUp: (setting) => load(setting, TWO_NODES, { clients: 50, runs: 50, body: AGENT }),
    async measure(setting) {
      const before = process.cpuUsage();
      const { wall } = await load(setting, TWO_NODES, { clients: 50, runs: SHORT_RUNS, body: AGENT });
      const { user, system } = process.cpuUsage(before);
      const { calls } = await countCalls(() =>
        load(setting, TWO_NODES, { clients: 1, runs: COUNTED_RUNS, body: AGENT }),
      );
      // Each run has a thread of its own, which one call puts.
      const all = [...calls.values()].reduce((sum, count) => sum + count, 0) - COUNTED_RUNS;
      return {
        "short-rate": SHORT_RUNS / (wall / 1_000),
        "short-cpu": (user + system) / 1_000 / SHORT_RUNS,
        "short-calls": all / COUNTED_RUNS,
      };
    },
  },
  {
    name: "units",
    repeat: 1,
    async measure(setting) {
      const asked = { clients: PACED_RUNS, runs: PACED_RUNS, body: tokens(PACED_TOKENS, 1_000 / 60), stamped: true };
      let lags: number[] = [];
      const { slotUnits } = await countCalls(async () => {
        lags = (await load(setting, PACED_TOKENS, asked)).runs.flatMap((run) => run.lags);
      });
      return {
        units: slotUnits / PACED_RUNS,
        "paced-lag-p50": percentile(lags, 0.5),
        "paced-lag-p95": percentile(lags, 0.95),
      };
    },
  },
  { name: "start", measure: async ({ config }) => ({ start: (await measureStart(config)) / 1_000 }) },
];
