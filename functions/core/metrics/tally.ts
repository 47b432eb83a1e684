/** Adds up what a process measures, for `/metrics`: how many values, and their sum. Must not keep single values. */
import type { Clock, Metrics } from "../ports.ts";
import type { MetricName } from "./metric-names.ts";
import type { Tallied, Tally } from "./tally-port.ts";

/** @param next records each value as well */
export function tallied(clock: Pick<Clock, "now">, next?: Metrics): { tally: Tally; metrics: Metrics } {
  const sums = new Map<string, Tallied>();
  const note = (metric: MetricName, value: number, status?: string): void => {
    const key = `${metric} ${status ?? ""}`;
    const known = sums.get(key) ?? { metric, ...(status !== undefined && { status }), count: 0, sum: 0 };
    sums.set(key, { ...known, count: known.count + 1, sum: known.sum + value });
  };
  return {
    tally: { since: clock.now(), read: () => [...sums.values()] },
    metrics: {
      add(metric, value, status) {
        note(metric, value, status);
        next?.add(metric, value, status);
      },
      count(metric, value) {
        note(metric, value);
        next?.count(metric, value);
      },
    },
  };
}
