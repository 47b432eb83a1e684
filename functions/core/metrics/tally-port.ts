/** What a process has measured since it started, added up. */
import type { MetricName } from "./metric-names.ts";

export interface Tallied {
  metric: MetricName;
  /** What the values are kept apart by; absent = nothing. */
  status?: string;
  count: number;
  sum: number;
}

export interface Tally {
  /** ms since 1970: when the process began to count. */
  since: number;
  read(): Tallied[];
}
