/** The load scenarios: what is requested of the server, and which metrics it yields. Each call of `measure` is one repetition. */
import { fileURLToPath } from "node:url";
import { countCalls } from "./count-calls.ts";
import type { LoadClient } from "./load.ts";
import { AGENT, CROWD, load, rate, slow, tokens, TWO_NODES } from "./loads.ts";
import { createsOf } from "./creates.ts";
import { cpuOf, memoryOf } from "./process-tree.ts";
import type { PythonServer } from "./python/start-server.ts";
import { startProcess } from "./start-process.ts";
import { answer, openTabs, readsWhileSpeaking, TABS } from "./tabs.ts";
import { percentile } from "../command-line/percentiles.ts";

export interface Setting {
  /** The server in a process of its own. */
  url: string;
  pid: number;
  /** URL of a server in this process, where calls can be counted. Started on the first call. */
  counted: () => Promise<string>;
  /** A server of graphs of Python. Started on the first call; rejects with Skipped. */
  python: () => Promise<PythonServer>;
  client: LoadClient;
  /** Absolute path of the langgraph.json that is served. */
  config: string;
}

export interface Scenario {
  name: string;
  /** Most repetitions, for a scenario that takes long or hardly varies. */
  repeat?: number;
  /** Run once before the measurement, which is of a warm server. */
  warmUp?: (setting: Setting) => Promise<unknown>;
  measure(setting: Setting): Promise<Record<string, number>>;
}

/** Its handlers ask nobody. */
const WITH_USERS = fileURLToPath(new URL("../test/fixtures/auth/langgraph.json", import.meta.url));
const SEQUENTIAL_RUNS = 50;
const SHORT_RUNS = 200;
const COUNTED_RUNS = 10;
const PACED_TOKENS = 1_000;
const PACED_RUNS = 3;

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "sequential",
    warmUp: (setting) => load(setting, TWO_NODES, { clients: 1, runs: 20, body: AGENT }),
    async measure(setting) {
      const before = cpuOf(setting.pid);
      const { runs } = await load(setting, TWO_NODES, { clients: 1, runs: SEQUENTIAL_RUNS, body: AGENT });
      const cpu = cpuOf(setting.pid) - before;
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
        "sequential-cpu": cpu,
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
    warmUp: (setting) => load(setting, 10, { clients: 50, runs: 50, body: tokens(10, CROWD.pace) }),
    async measure(setting) {
      const asked = { clients: 50, runs: 50, body: tokens(CROWD.tokens, CROWD.pace), stamped: true };
      const before = cpuOf(setting.pid);
      const { runs, wall } = await load(setting, CROWD.tokens, asked);
      const cpu = cpuOf(setting.pid) - before;
      const lags = runs.flatMap((run) => run.lags);
      const first = runs.map((run) => run.graph);
      return {
        "crowd-first-p50": percentile(first, 0.5),
        "crowd-first": percentile(first, 0.95),
        "crowd-done": wall / 1_000,
        "crowd-lag-p50": percentile(lags, 0.5),
        "crowd-lag-p95": percentile(lags, 0.95),
        "crowd-late-p95": percentile(
          runs.flatMap(({ gaps }) => gaps.map((gap) => Math.max(0, gap - CROWD.pace))),
          0.95,
        ),
        "crowd-cpu": cpu,
      };
    },
  },
  {
    name: "short",
    warmUp: (setting) => load(setting, TWO_NODES, { clients: 50, runs: 50, body: AGENT }),
    async measure(setting) {
      const before = cpuOf(setting.pid);
      const { wall } = await load(setting, TWO_NODES, { clients: 50, runs: SHORT_RUNS, body: AGENT });
      const cpu = cpuOf(setting.pid) - before;
      return { "short-rate": SHORT_RUNS / (wall / 1_000), "short-cpu": cpu, memory: memoryOf(setting.pid) };
    },
  },
  {
    name: "calls",
    repeat: 1,
    async measure({ counted, client }) {
      const url = await counted();
      const { calls } = await countCalls(() =>
        load({ url, client }, TWO_NODES, { clients: 1, runs: COUNTED_RUNS, body: AGENT }),
      );
      // Each run has a thread of its own, which takes one call.
      const all = [...calls.values()].reduce((sum, count) => sum + count, 0) - COUNTED_RUNS;
      return { "short-calls": all / COUNTED_RUNS };
    },
  },
  {
    name: "units",
    repeat: 1,
    async measure({ counted, client }) {
      const url = await counted();
      const asked = { clients: PACED_RUNS, runs: PACED_RUNS, body: tokens(PACED_TOKENS, 1_000 / 60), stamped: true };
      let lags: number[] = [];
      const { slotUnits } = await countCalls(async () => {
        lags = (await load({ url, client }, PACED_TOKENS, asked)).runs.flatMap((run) => run.lags);
      });
      return {
        units: slotUnits / PACED_RUNS,
        "paced-lag-p50": percentile(lags, 0.5),
        "paced-lag-p95": percentile(lags, 0.95),
      };
    },
  },
  {
    name: "tabs",
    repeat: 1,
    async measure({ url, pid, counted }) {
      const before = memoryOf(pid);
      const { thread_id, ended, close } = await openTabs(url, TABS);
      await answer(url, thread_id);
      await ended;
      const memory = memoryOf(pid) - before;
      close();
      return { "tabs-reads": await readsWhileSpeaking(await counted()), "tabs-memory": memory };
    },
  },
  {
    name: "users",
    repeat: 1,
    async measure({ url }) {
      const users = await startProcess(["npm", "start", "--"], WITH_USERS);
      try {
        const [plain, own] = await createsOf([
          { url, assistant_id: "agent" },
          { url: users.url, assistant_id: "tells", headers: { authorization: "Bearer ann" } },
        ]);
        const median = percentile(plain, 0.5);
        return { "create-p50": median, "create-users": percentile(own, 0.5) - median };
      } finally {
        await users.stop();
      }
    },
  },
  {
    name: "start",
    async measure({ config }) {
      const server = await startProcess(["npm", "start", "--"], config);
      await server.stop();
      return { start: server.took / 1_000 };
    },
  },
];
