/** From a use to money: what must hold whatever the prices are, and one sum by hand. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { idleMonth, monthOf, runOf, sumAfterFree, sumOf, usdOf, type Use } from "../../cost/estimate.ts";
import { PRICES } from "../../cost/prices.ts";
import { parseUse, usualUse } from "../../cost/read-arguments.ts";
import { MEASURED } from "../../cost/unit-counts.ts";
import { type MetricName, METRICS } from "../../functions/core/metrics/metric-names.ts";
import { createEmfMetrics } from "../../functions/host/emf-metrics.ts";

interface Line {
  _aws: { CloudWatchMetrics: { Dimensions: string[][]; Metrics: { Name: string }[] }[] };
}

const FINAL_STATUSES = ["success", "error", "interrupted", "rolled_back"];
const usual = usualUse();
const costs = (change: Partial<Use>): number => sumOf(runOf({ ...usual, ...change }, MEASURED));

it("reckons a run as one does by hand", () => {
  const use = { ...usual, secondsPerRun: 10, tokens: 300, tokensPerSecond: 60, calls: 1, readers: 1, stateKb: 0 };

  const lines = Object.fromEntries(runOf(use, MEASURED).map((line) => [line.what, line]));

  const { writes, reads } = MEASURED;
  expect(lines["worker"]?.quantity).toBeCloseTo(10.1);
  expect(lines["streams"]?.quantity).toBeCloseTo(5.05);
  expect(lines["thread log"]?.quantity).toBeCloseTo(writes.flowingSecond * 5);
  expect(lines["rows, checkpoints, lease"]?.quantity).toBeCloseTo(writes.run + writes.call + writes.second * 10);
  expect(lines["reads of the streams"]?.quantity).toBeCloseTo(
    reads.reader + reads.readerSecond * 5 + reads.readerFlowingSecond * 5,
  );
  const { sentKb } = MEASURED;
  expect(lines["events to the readers"]?.quantity).toBeCloseTo((sentKb.reader + sentKb.token * 300) / 1_024 / 1_024, 8);
  expect(usdOf({ what: "", price: "tableWrites", quantity: 1_000_000 })).toBe(PRICES.tableWrites.usd);
});

it.each<[string, Partial<Use>]>([
  ["longer", { secondsPerRun: 60 }],
  ["of more tokens", { secondsPerRun: 60, tokens: 3_600 }],
  ["of more calls", { calls: 10 }],
  ["with more readers", { readers: 3 }],
  ["on a fuller thread", { stateKb: 100 }],
  ["in a larger worker", { workerMemory: 2_048 }],
])("a run %s costs more", (_, change) => {
  expect(costs(change)).toBeGreaterThan(costs({}));
});

it("tokens that come at once cost their transfer, for the log takes them in few slots", () => {
  const [spread, atOnce] = [1_800, 10_000].map((tokens) => runOf({ ...usual, tokens }, MEASURED));

  const changed = atOnce?.filter(({ quantity }, n) => quantity !== spread?.[n]?.quantity).map(({ what }) => what);
  expect(changed).toEqual(["events to the readers"]);
});

it("A6: what readers are sent grows with tokens, state and readers, and is nothing without one", () => {
  const sent = (change: Partial<Use>): number =>
    runOf({ ...usual, ...change }, MEASURED).find(({ price }) => price === "transfer")?.quantity ?? Number.NaN;

  expect(sent({ readers: 0 })).toBe(0);
  expect(sent({ readers: 3 })).toBeCloseTo(3 * sent({}));
  for (const more of [{ tokens: 3_600 }, { stateKb: 100 }, { calls: 5 }]) expect(sent(more)).toBeGreaterThan(sent({}));
});

describe("a month", () => {
  it("without runs is the idle month", () => {
    expect(sumOf(monthOf({ ...usual, runsPerDay: 0 }, MEASURED))).toBeCloseTo(sumOf(idleMonth(usual)));
  });

  it("idle is free but for the reads of the sweeper, where nothing else uses the free allowances", () => {
    const reads = idleMonth(usual).filter(({ price }) => price === "tableReads");

    expect(sumAfterFree(idleMonth({ ...usual, secrets: 0 }))).toBeCloseTo(sumOf(reads));
    expect(sumOf(reads)).toBeLessThan(0.05);
  });

  it("of runs is the runs and the idle month, and what they leave", () => {
    const month = sumOf(monthOf({ ...usual, retentionDays: 0 }, { ...MEASURED, keptKb: { run: 0, call: 0 } }));
    const { metrics } = usual;

    const parts = 30 * usual.runsPerDay * costs({}) + sumOf(idleMonth(usual)) + metrics * PRICES.metrics.usd;

    expect(month).toBeCloseTo(parts);
  });
});

describe("custom metrics", () => {
  it("are as many as the functions can publish for a server", () => {
    const published = new Set<string>();
    const print = (line: string): void => {
      const { _aws, ...values } = JSON.parse(line) as Line;
      for (const { Dimensions, Metrics } of _aws.CloudWatchMetrics)
        for (const names of Dimensions)
          for (const { Name } of Metrics)
            published.add([Name, ...names.map((name) => String(Reflect.get(values, name)))].join());
    };
    const metrics = createEmfMetrics("server", { print });
    for (const measure of Object.keys(METRICS) as MetricName[])
      for (const status of measure === "RunsFinished" ? FINAL_STATUSES : [undefined]) metrics.add(measure, 1, status);

    metrics.flush();

    expect(usual.metrics).toBe(published.size);
  });

  it("cost by the hours in which there are runs, at most the month", () => {
    const [none, few, many] = [0, 6, 10_000].map((runsPerDay) =>
      monthOf({ ...usual, runsPerDay, secondsPerRun: 0.1 }, MEASURED).find(({ price }) => price === "metrics"),
    );

    expect(none?.quantity).toBe(0);
    expect(few?.quantity).toBeCloseTo(usual.metrics / 4, 2);
    expect(many?.quantity).toBe(usual.metrics);
  });
});

it("the README states what the calculator says", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const stated = (row: string): string => new RegExp(`\\| ${row} +\\| \\$([\\d.]+)`).exec(readme)?.[1] ?? "";
  const runs: Record<string, Partial<Use>> = {
    "a chat run of 30 s, 1,800 tokens, one reader": {},
    "of 10 s, 600 tokens": { secondsPerRun: 10, tokens: 600 },
    "the 30 s run without a reader": { readers: 0 },
    "10 minutes, 6,000 tokens, one reader": { secondsPerRun: 600, tokens: 6_000 },
  };

  for (const [row, use] of Object.entries(runs)) expect(stated(row)).toBe(costs(use).toFixed(stated(row).length - 2));
  expect(stated("1,000 such chat runs a day, a month")).toBe(sumOf(monthOf(usual, MEASURED)).toFixed(0));
  expect(readme).toContain(`$${sumOf(idleMonth(usual)).toFixed(2)} at list price`);
});

describe("the command line", () => {
  it("takes every number by name", () => {
    const use = parseUse(["--runs-per-day", "5", "--seconds-per-run", "600", "--readers", "0", "--memory", "512"]);

    expect(use).toEqual({ ...usual, runsPerDay: 5, secondsPerRun: 600, readers: 0, workerMemory: 512 });
  });

  it.each([
    [["--readers", "many"], "--readers: many is not a number"],
    [["--readers", ""], "is not a number"],
    [["--memory", "64"], "at least 128"],
    [["--what"], "--what"],
    [["5"], "5"],
  ])("refuses %j", (args, reason) => {
    expect(() => parseUse(args)).toThrow(reason);
  });

  it("A6, A10: prints the run with its transfer and the idle month, and compares it with nothing", async () => {
    const file = fileURLToPath(new URL("../../cost/cost.ts", import.meta.url));

    const { stdout } = await promisify(execFile)(process.execPath, [file, "--seconds-per-run", "600"]);

    expect(stdout).toContain("One run: 600 s");
    expect(stdout).toContain("A month in which nobody uses it");
    expect(stdout).toContain("events to the readers");
    expect(stdout).not.toMatch(/LangSmith/);
    expect(stdout).not.toMatch(/NaN|undefined|Infinity/);
  });
});
