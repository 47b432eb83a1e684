/** `/metrics`: what this process knows of itself and has measured, as Prometheus text or JSON. Must not read the table. */
import { METRICS } from "../../core/metrics/metric-names.ts";
import type { InFlight } from "../../core/run/count-in-flight.ts";
import type { Tally, Tallied } from "../../core/metrics/tally-port.ts";

/** Why the figures of a deployment are elsewhere. */
const SCOPE =
  "Of this process alone, since it started. On Lambda each function has many processes, which come and go: " +
  "CloudWatch has the sums of all.";

export interface ProcessMetrics {
  scope: string;
  version: string;
  /** ISO time. */
  since: string | null;
  /** Bytes. */
  resident_memory: number;
  /** s */
  cpu: number;
  measured: (Tallied & { unit: string })[];
}

export function readProcess(version: string, tally: Tally | undefined): ProcessMetrics {
  const { user, system } = process.cpuUsage();
  return {
    scope: SCOPE,
    version,
    since: tally ? new Date(tally.since).toISOString() : null,
    resident_memory: process.memoryUsage.rss(),
    cpu: (user + system) / 1_000_000,
    measured: (tally?.read() ?? []).map((one) => ({ ...one, unit: METRICS[one.metric] })),
  };
}

/** Under the official server's names. */
export const inFlightText = ({ pending, running }: InFlight): string =>
  [
    ...typed("lg_api_num_pending_runs", "gauge", pending),
    ...typed("lg_api_num_running_runs", "gauge", running),
    "",
  ].join("\n");

/** Durations become seconds, as Prometheus wants them: count and sum. Counts become totals. */
export function prometheusText({ scope, version, since, resident_memory, cpu, measured }: ProcessMetrics): string {
  const started = since === null ? [] : typed("process_start_time_seconds", "gauge", Date.parse(since) / 1_000);
  const families = Map.groupBy(measured, ({ metric }) => metric);
  return [
    `# ${scope}`,
    ...typed(`threadline_info`, "gauge", 1, `{version="${version}"}`),
    ...started,
    ...typed("process_resident_memory_bytes", "gauge", resident_memory),
    ...typed("process_cpu_seconds_total", "counter", cpu),
    ...[...families].flatMap(([metric, values]) => familyText(snakeCase(metric), values)),
    "",
  ].join("\n");
}

function familyText(name: string, values: readonly ProcessMetrics["measured"][number][]): string[] {
  const isDuration = values[0]?.unit === "Milliseconds";
  const family = `threadline_${name}_${isDuration ? "seconds" : "total"}`;
  const lines = values.flatMap(({ status, count, sum }) => {
    const label = status === undefined ? "" : `{status="${status}"}`;
    return isDuration
      ? [`${family}_count${label} ${count}`, `${family}_sum${label} ${sum / 1_000}`]
      : [`${family}${label} ${sum}`];
  });
  return [`# TYPE ${family} ${isDuration ? "summary" : "counter"}`, ...lines];
}

const typed = (name: string, type: "gauge" | "counter", value: number, label = ""): string[] => [
  `# TYPE ${name} ${type}`,
  `${name}${label} ${value}`,
];

const snakeCase = (name: string): string => name.replaceAll(/\B[A-Z]/g, "_$&").toLowerCase();
