/** The lines that CloudWatch makes figures of. */
import { createEmfMetrics } from "../../functions/host/emf-metrics.ts";

function collect() {
  const lines: Record<string, unknown>[] = [];
  const print = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { lines, metrics: createEmfMetrics("Shop-Agents", { print, now: () => 1_700_000_000_000 }) };
}

test("the samples of an invocation are one line, and one more for each status", () => {
  const { lines, metrics } = collect();
  metrics.add("QueueDelay", 12);
  metrics.add("AppendLatency", 5);
  metrics.add("AppendLatency", 7);
  metrics.add("RunsFinished", 1, "success");
  metrics.count("WriteUnits", 3);
  metrics.count("WriteUnits", 4);

  metrics.flush();

  const aws = (Dimensions: string[][], ...Metrics: object[]) => ({
    Timestamp: 1_700_000_000_000,
    CloudWatchMetrics: [{ Namespace: "Threadline", Dimensions, Metrics }],
  });
  expect(lines).toEqual([
    {
      _aws: aws(
        [["Server"]],
        { Name: "QueueDelay", Unit: "Milliseconds" },
        { Name: "AppendLatency", Unit: "Milliseconds" },
        { Name: "WriteUnits", Unit: "Count" },
      ),
      Server: "Shop-Agents",
      QueueDelay: [12],
      AppendLatency: [5, 7],
      WriteUnits: [7],
    },
    {
      _aws: aws([["Server"], ["Server", "Status"]], { Name: "RunsFinished", Unit: "Count" }),
      Server: "Shop-Agents",
      Status: "success",
      RunsFinished: [1],
    },
  ]);
});

test("prints every sample once, and no line without samples", () => {
  const { lines, metrics } = collect();
  metrics.flush();
  metrics.add("Attempts", 1);
  metrics.flush();
  metrics.flush();

  expect(lines).toHaveLength(1);
});

test("no line has more values than CloudWatch takes; a count is one sample however often it grows", () => {
  const { lines, metrics } = collect();
  metrics.count("WriteUnits", 2);
  for (let i = 0; i < 250; i++) metrics.add("AppendLatency", i);
  metrics.flush();

  expect(lines.map(({ AppendLatency }) => (AppendLatency as number[]).length)).toEqual([100, 100, 50]);
  expect(lines.map(({ WriteUnits }) => WriteUnits)).toEqual([undefined, undefined, [2]]);
});
