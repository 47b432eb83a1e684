/** What `/metrics` makes of what a process has measured. */
import { tallied } from "../../functions/core/metrics/tally.ts";
import type { MetricName } from "../../functions/core/metrics/metric-names.ts";
import { prometheusText, readProcess } from "../../functions/http/system/process-metrics.ts";

test("values are added up by name and status, and passed on", () => {
  const passed: unknown[] = [];
  const { tally, metrics } = tallied(
    { now: () => 5 },
    {
      add: (...sample: [MetricName, number, string?]) => void passed.push(sample),
      count: (...sample: [MetricName, number]) => void passed.push(sample),
    },
  );

  metrics.add("QueueDelay", 250);
  metrics.add("QueueDelay", 750);
  metrics.add("RunsFinished", 1, "success");
  metrics.add("RunsFinished", 1, "error");
  metrics.add("RunsFinished", 1, "success");
  metrics.count("WriteUnits", 12);

  expect(passed).toHaveLength(6);
  expect(tally.since).toBe(5);
  expect(tally.read()).toEqual([
    { metric: "QueueDelay", count: 2, sum: 1_000 },
    { metric: "RunsFinished", status: "success", count: 2, sum: 2 },
    { metric: "RunsFinished", status: "error", count: 1, sum: 1 },
    { metric: "WriteUnits", count: 1, sum: 12 },
  ]);
  expect(prometheusText(readProcess("1", tally)).split("\n")).toEqual(
    expect.arrayContaining([
      "# TYPE threadline_queue_delay_seconds summary",
      "threadline_queue_delay_seconds_count 2",
      "threadline_queue_delay_seconds_sum 1",
      "# TYPE threadline_runs_finished_total counter",
      'threadline_runs_finished_total{status="success"} 2',
      'threadline_runs_finished_total{status="error"} 1',
      "threadline_write_units_total 12",
      "process_start_time_seconds 0.005",
    ]),
  );
});
