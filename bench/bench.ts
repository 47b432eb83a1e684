/**
 * `npm run bench`: medians of repeated scenarios, as a table. Server and load client are separate processes, except where calls are
 * counted. Exit codes: 1 = a scenario failed, 2 = wrong arguments. A figure that misses its goal is only marked.
 */
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { printFailure } from "../command-line/command-error.ts";
import { parseChoice, parseCount, readArguments } from "../command-line/read-arguments.ts";
import { startSystem } from "../cost/measure/system.ts";
import manifest from "../package.json" with { type: "json" };
import { createConsoleLogger } from "../local/console-logger.ts";
import { createWake } from "../local/wake.ts";
import { METRICS as OWN_METRICS, reached } from "./metrics.ts";
import { startLoadClient } from "./load.ts";
import { tableOf } from "./print-table.ts";
import { Skipped } from "./python/interpreter.ts";
import { PYTHON_METRICS } from "./python/metrics.ts";
import { PYTHON_SCENARIOS } from "./python/scenarios.ts";
import { type PythonServer, startPythonServer } from "./python/start-server.ts";
import { type Scenario, SCENARIOS as OWN_SCENARIOS, type Setting } from "./scenarios.ts";
import { startProcess } from "./start-process.ts";
import { median } from "../command-line/percentiles.ts";

const CONFIG = fileURLToPath(new URL("../test/fixtures/golden/langgraph.json", import.meta.url));
/** The command of `npm start` (`exec node FLAGS FILE`), because npm's own process is not measured. */
const START = manifest.scripts.start.split(" ").slice(2);
const SCENARIOS = [...OWN_SCENARIOS, ...PYTHON_SCENARIOS];
const METRICS = [...OWN_METRICS, ...PYTHON_METRICS];
const NAMES = SCENARIOS.map(({ name }) => name);
const USAGE = `Measures the whole system on this machine.

  npm run bench -- [--only SCENARIO]… [--repeat N] [--json]

  --only SCENARIO  this one alone, several times for several: ${NAMES.join(", ")}
  --repeat N       measurements of each, of which the median counts (default: 3)
  --json           figures as JSON instead of a table
  --help           this text`;

/** ms. After it no repetition begins, so that the bench stays short on a busy machine. Without repetitions it takes some five minutes. */
const BUDGET = 100_000;

const OPTIONS = {
  only: { type: "string", multiple: true },
  repeat: { type: "string", default: "3" },
  json: { type: "boolean", default: false },
} as const;

interface Asked {
  scenarios: Scenario[];
  repeat: number;
  json: boolean;
}

/** @returns "help" if that was asked for */
function parseAsked(args: string[]): Asked | "help" {
  const values = readArguments(args, OPTIONS, USAGE);
  if (values.help) return "help";
  const only = (values.only ?? NAMES).map((name) => parseChoice("only", name, NAMES));
  return {
    scenarios: SCENARIOS.filter(({ name }) => only.includes(name)),
    repeat: parseCount("repeat", values.repeat),
    json: values.json,
  };
}

/** Medians by figure. */
async function measure({ scenarios, repeat }: Asked, setting: Setting): Promise<Map<string, number>> {
  const samples = new Map<string, number[]>();
  for (const scenario of scenarios) {
    try {
      await scenario.warmUp?.(setting);
      for (let i = 0; i < Math.min(repeat, scenario.repeat ?? repeat); i++) {
        if (i > 0 && performance.now() > BUDGET) break;
        for (const [id, value] of Object.entries(await scenario.measure(setting)))
          samples.set(id, [...(samples.get(id) ?? []), value]);
      }
      process.stderr.write(`${scenario.name} `);
    } catch (error) {
      if (!(error instanceof Skipped)) throw error;
      process.stderr.write(`\n${scenario.name} is skipped: ${error.message}\n`);
    }
  }
  process.stderr.write("\n");
  return new Map([...samples].map(([id, values]) => [id, median(values)]));
}

function report(values: ReadonlyMap<string, number>, json: boolean): string {
  if (!json) return tableOf(METRICS, values);
  const shown = METRICS.flatMap((figure) => {
    const value = values.get(figure.id);
    return value === undefined ? [] : [{ ...figure, value, reached: reached(figure, value) }];
  });
  return JSON.stringify(shown, undefined, 2);
}

/** Share of all processors that is busy while this process waits. */
async function loadOfOthers(): Promise<number> {
  const before = processorTime();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const after = processorTime();
  return 1 - (after.idle - before.idle) / (after.all - before.all);
}

/** ms since boot, of all processors together. */
function processorTime(): { all: number; idle: number } {
  const times = cpus().map((cpu) => cpu.times);
  const all = times.flatMap((time) => Object.values(time)).reduce((total, value) => total + value, 0);
  return { all, idle: times.reduce((total, { idle }) => total + idle, 0) };
}

/** Starts a server in this process, which writes tokens at the pace of a deployment. @returns its URL */
async function startInside(left: AsyncDisposableStack): Promise<string> {
  const system = await startSystem(createConsoleLogger("warn"), { config: CONFIG, wake: createWake() });
  left.use(system);
  return system.url;
}

async function main(): Promise<void> {
  const asked = parseAsked(process.argv.slice(2));
  if (asked === "help") return void process.stdout.write(`${USAGE}\n`);
  const others = await loadOfOthers();
  await using left = new AsyncDisposableStack();
  const { url, pid, ...server } = await startProcess([process.execPath, ...START], CONFIG);
  left.defer(() => server.stop());
  const client = startLoadClient();
  left.defer(() => client.stop());
  let inside: Promise<string> | undefined;
  const counted = (): Promise<string> => (inside ??= startInside(left));
  let served: Promise<PythonServer> | undefined;
  const python = (): Promise<PythonServer> => (served ??= startPythonServer());
  left.defer(async () => (await served?.catch(() => undefined))?.stop());
  const values = await measure(asked, { url, pid, counted, python, client, config: CONFIG });
  process.stdout.write(`${report(values, asked.json)}\n`);
  if (others > 0.1)
    process.stderr.write(`\nOther programs used ${Math.round(others * 100)} % of this machine before it began.\n`);
}

try {
  await main();
} catch (error) {
  process.exitCode = printFailure(error);
}
