/**
 * Metrics as log lines in CloudWatch's embedded metric format: no call, no client, no permission. Collected during an invocation, printed
 * at its end or when a line is full.
 */
import { type MetricName, METRICS, NAMESPACE } from "../core/metrics/metric-names.ts";
import type { Metrics } from "../core/ports.ts";
import { systemClock } from "./clock-and-ids.ts";

/** Values of one metric in one line, CloudWatch's limit. */
const VALUES = 100;

type Samples = Map<MetricName, number[]>;

export interface EmfMetrics extends Metrics {
  /** Prints what was collected. */
  flush(): void;
}

/** @param print takes a line; not `console.log`, which the runtime wraps into another object */
export function createEmfMetrics(
  server: string,
  { print, now = () => systemClock.now() }: { print: (line: string) => void; now?: () => number },
): EmfMetrics {
  const samples: Samples = new Map();
  const counts = new Map<MetricName, number>();
  const byStatus = new Map<string, Samples>();

  const lineOf = (values: Samples, status: string | undefined): string =>
    JSON.stringify({
      _aws: {
        Timestamp: now(),
        CloudWatchMetrics: [
          {
            Namespace: NAMESPACE,
            Dimensions: status === undefined ? [["Server"]] : [["Server"], ["Server", "Status"]],
            Metrics: [...values.keys()].map((Name) => ({ Name, Unit: METRICS[Name] })),
          },
        ],
      },
      Server: server,
      ...(status !== undefined && { Status: status }),
      ...Object.fromEntries(values),
    });
  const printSamples = (): void => {
    if (samples.size > 0) print(lineOf(samples, undefined));
    for (const [status, values] of byStatus) print(lineOf(values, status));
    samples.clear();
    byStatus.clear();
  };

  return {
    add(metric, value, status) {
      const group = status === undefined ? samples : (byStatus.get(status) ?? new Map<MetricName, number[]>());
      if (status !== undefined) byStatus.set(status, group);
      const values = group.get(metric) ?? [];
      group.set(metric, values);
      values.push(value);
      if (values.length >= VALUES) printSamples();
    },
    count(metric, value) {
      counts.set(metric, (counts.get(metric) ?? 0) + value);
    },
    flush() {
      for (const [metric, value] of counts) samples.set(metric, [value]);
      counts.clear();
      printSamples();
    },
  };
}
