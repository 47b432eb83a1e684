/** Percentiles, and times as text. */
import { percentile } from "../command-line/percentiles.ts";

/** Differences of neighbours. */
export const gaps = (times: readonly number[]): number[] => times.slice(1).map((time, n) => time - (times[n] ?? time));

export const ms = (value: number): string =>
  value >= 10_000 ? `${(value / 1_000).toFixed(1)} s` : `${Math.round(value).toLocaleString("en-US")} ms`;

export const spread = (samples: readonly number[]): string =>
  `p50 ${ms(percentile(samples, 0.5))}, p95 ${ms(percentile(samples, 0.95))}`;
