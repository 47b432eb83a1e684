/** The benchmarks run and print each figure with what is wanted; how good the figures are is not for a test, for machines differ. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { METRICS } from "../../bench/metrics.ts";

const run = promisify(execFile);
const node = (...args: string[]) => run(process.execPath, args);

test("npm run bench: a figure that is asked for", async () => {
  const { stdout } = await node("bench/bench.ts", "--only", "sequential", "--repeat", "1", "--json");

  const figures = JSON.parse(stdout) as { id: string; value: number; reached: boolean }[];
  expect(figures.map(({ id }) => id)).toEqual([
    "first-p50",
    "first-p95",
    "graph-p50",
    "graph-p95",
    "closed-p50",
    "sequential-cpu",
  ]);
  expect(METRICS.map(({ id }) => id)).toEqual(expect.arrayContaining(figures.map(({ id }) => id)));
  for (const { value } of figures) expect(value).toBeGreaterThan(0);
});

test("npm run bench:cold: what is uploaded, and each part of a cold start", async () => {
  const { stdout } = await node("bench/cold.ts", "--rounds", "1");

  expect(stdout).toContain("No tests, no packages of development.");
  expect(stdout).toMatch(/^api, our code +\d+ KB +at most 1400 KB: reached$/m);
  expect(stdout).toMatch(/^worker, our code +\d+ KB +at most 1500 KB: reached$/m);
  expect(stdout).toMatch(/^worker, INIT with one CPU +\d+ ms$/m);
  expect(stdout).toMatch(/^ +then its first run \(1024 MB, 0\.58 CPU\) +\d+ ms$/m);
});

test.each(["bench/bench.ts", "bench/cold.ts"])(
  "%s: wrong arguments print the usage, and nothing runs",
  async (file) => {
    const failure = await node(file, "--nonsense").catch((error: unknown) => error);

    expect(failure).toMatchObject({ code: 2, stderr: expect.stringContaining("npm run bench") });
  },
);
