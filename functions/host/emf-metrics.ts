/**
 * Metrics as log lines in CloudWatch's embedded metric format: no call, no client, no permission. Collected during an invocation, printed
 * at its end or when a line is full.
 */
import { type MetricName, METRICS, NAMESPACE } from "../core/metrics/metric-names.ts";
import type { Metrics } from "../core/ports.ts";
import { systemClock } from "./clock-and-ids.ts";

/** Values of one metric in one line, CloudWatch's limit. */
const VALUES = 100;

export interface EmfMetrics extends Metrics {
  /** Prints what was collected. */
  flush(): void;
}

/** @param print takes a line; not `console.log`, which the runtime wraps into another object */
export function createEmfMetrics(
  server: string,
  { print, now = () => systemClock.now() }: { print: (line: string) => void; now?: () => number },
): EmfMetrics {
  let samples: Partial<Record<MetricName, number[]>> = {};
  let counts: Partial<Record<MetricName, number>> = {};
  const statuses = new Map<string, Partial<Record<MetricName, number[]>>>();

  const lineOf = (values: Partial<Record<MetricName, number[]>>, status: string | undefined): string =>
    JSON.stringify({
      _aws: {
        Timestamp: now(),
        CloudWatchMetrics: [
          {
            Namespace: NAMESPACE,
            Dimensions: status === undefined ? [["Server"]] : [["Server"], ["Server", "Status"]],
            Metrics: (Object.keys(values) as MetricName[]).map((Name) => ({ Name, Unit: METRICS[Name] })),
          },
        ],
      },
      Server: server,
      ...(status !== undefined && { Status: status }),
      ...values,
    });
  const printSamples = (): void => {
    if (Object.keys(samples).length > 0) print(lineOf(samples, undefined));
    for (const [status, values] of statuses) print(lineOf(values, status));
    samples = {};
    statuses.clear();
  };

  return {
    add(measure, value, status) {
      const group = status === undefined ? samples : (statuses.get(status) ?? {});
      if (status !== undefined) statuses.set(status, group);
      const values = (group[measure] ??= []);
      values.push(value);
      if (values.length >= VALUES) printSamples();
    },
    count(measure, value) {
      counts[measure] = (counts[measure] ?? 0) + value;
    },
    flush() {
      for (const [name, value] of Object.entries(counts)) samples[name as MetricName] = [value];
      counts = {};
      printSamples();
    },
  };
}
