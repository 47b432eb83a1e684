/** The scenarios of graphs of Python. What they are compared with is measured in turns with them, on the same machine. */
import { fileURLToPath } from "node:url";
import { median, percentile } from "../../command-line/percentiles.ts";
import { execute } from "../../local/ministack/python.ts";
import type { Load } from "../load.ts";
import { AGENT, CROWD, load, rate, tokens, TWO_NODES } from "../loads.ts";
import { below, cpuOf, memoryOf } from "../process-tree.ts";
import type { Scenario, Setting } from "../scenarios.ts";
import { startOfficial } from "./official-server.ts";
import { startParts } from "./start-parts.ts";

const PROJECT = fileURLToPath(new URL("project", import.meta.url));
/** In the command line of a child. */
const CHILD = "engine/python/child";
const STARTS = 7;
const SHORT_RUNS = 20;
const PAIRS = 3;
const STREAMED = 2_000;
const CROWD_LOAD = { clients: 50, runs: 50, body: tokens(CROWD.tokens, CROWD.pace), stamped: true };
/** Runs at once that the official server is allowed, to be fair to it: as many as there are. */
const ALL_AT_ONCE = 50;

const AGENT_JS: Load["body"] = { ...AGENT, assistant_id: "agent_js" };

export const PYTHON_SCENARIOS: readonly Scenario[] = [
  {
    name: "python-child",
    async measure({ python }) {
      const { interpreter } = await python();
      const started = { python: interpreter, dir: PROJECT, paths: [PROJECT], spec: "./agent.py:graph" };
      // Byte code of what was never imported is written once.
      await startParts(started, 1);
      const parts = await startParts(started, STARTS);
      return { "py-child": parts.interpreter + parts.langgraph + parts.graph };
    },
  },
  {
    name: "python-short",
    async warmUp(setting) {
      for (const body of [AGENT, AGENT_JS]) await closedOf(setting, body);
    },
    async measure(setting) {
      const pairs: [number, number][] = [];
      for (let i = 0; i < PAIRS; i++) pairs.push([await closedOf(setting, AGENT), await closedOf(setting, AGENT_JS)]);
      const { pid } = await setting.python();
      const [child] = below(pid, CHILD);
      return {
        "py-closed": median(pairs.map(([ours]) => ours)),
        "py-beyond-js": median(pairs.map(([ours, js]) => ours - js)),
        ...(child !== undefined && { "py-memory": memoryOf(child) }),
      };
    },
  },
  {
    name: "python-tokens",
    warmUp: async (setting) => streamRate(setting),
    async measure(setting) {
      const { interpreter } = await setting.python();
      const pairs: [number, number][] = [];
      for (let i = 0; i < PAIRS; i++) pairs.push([await streamRate(setting), await plainRate(interpreter)]);
      return {
        "py-tokens": median(pairs.map(([ours]) => ours)),
        "py-plain": median(pairs.map(([, plain]) => plain)),
        "py-share": median(pairs.map(([ours, plain]) => (100 * ours) / plain)),
      };
    },
  },
  {
    name: "python-crowd",
    async warmUp({ python, client }) {
      const { url } = await python();
      await load({ url, client }, 10, { ...CROWD_LOAD, body: tokens(10, CROWD.pace) });
    },
    async measure({ python, client }) {
      const { url, pid } = await python();
      const before = cpuOf(pid);
      const { done, first } = await crowd({ url, client });
      const [child] = below(pid, CHILD);
      return {
        "py-crowd-first": first,
        "py-crowd-done": done,
        "py-crowd-cpu": cpuOf(pid) - before,
        ...(child !== undefined && { "py-crowd-memory": memoryOf(child) }),
      };
    },
  },
  {
    name: "python-official-50",
    repeat: 1,
    async measure(setting) {
      const { done, first, rate: streamed } = await official(setting, ALL_AT_ONCE);
      return { "py-official-50-first": first, "py-official-50-done": done, "py-official-tokens": streamed };
    },
  },
  {
    name: "python-official",
    repeat: 1,
    async measure(setting) {
      const { done, first } = await official(setting, undefined);
      return { "py-official-first": first, "py-official-done": done };
    },
  },
];

/** ms of a short run from its request to the end of its stream, median. */
async function closedOf({ python, client }: Setting, body: Load["body"]): Promise<number> {
  const { url } = await python();
  const { runs } = await load({ url, client }, TWO_NODES, { clients: 1, runs: SHORT_RUNS, body });
  return median(runs.map(({ closed }) => closed));
}

/** Tokens a second through one stream. */
async function streamRate({ python, client }: Setting): Promise<number> {
  const { url } = await python();
  return rate(await load({ url, client }, STREAMED, { clients: 1, runs: PAIRS, body: tokens(STREAMED, 0) }));
}

/** Tokens a second of the same graph without a server. */
async function plainRate(interpreter: string): Promise<number> {
  const { stdout } = await execute(interpreter, ["-B", "plain.py", String(STREAMED), String(PAIRS)], { cwd: PROJECT });
  return Number(stdout);
}

/** `first` token in ms, median; all `done` in s. */
async function crowd(server: Pick<Setting, "url" | "client">): Promise<{ first: number; done: number }> {
  const { runs, wall } = await load(server, CROWD.tokens, CROWD_LOAD);
  const first = percentile(
    runs.map(({ graph }) => graph),
    0.5,
  );
  return { first, done: wall / 1_000 };
}

async function official(
  { python, client }: Setting,
  jobs: number | undefined,
): Promise<{ first: number; done: number; rate: number }> {
  const { bin } = await python();
  const { url, ...server } = await startOfficial(bin, jobs);
  try {
    const one = { clients: 1, runs: PAIRS, body: tokens(STREAMED, 0) };
    const streamed = rate(await load({ url, client }, STREAMED, one));
    return { ...(await crowd({ url, client })), rate: streamed };
  } finally {
    await server.stop();
  }
}
