/** Percentiles and how times are written. Must not know what is measured. */

/** The smallest sample that `share` (0 to 1) of all do not exceed; NaN of none. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Differences of neighbours. */
export const gaps = (times: readonly number[]): number[] => times.slice(1).map((time, n) => time - (times[n] ?? time));

export const ms = (value: number): string =>
  value >= 10_000 ? `${(value / 1_000).toFixed(1)} s` : `${Math.round(value).toLocaleString("en-US")} ms`;

export const spread = (samples: readonly number[]): string =>
  `p50 ${ms(percentile(samples, 0.5))}, p95 ${ms(percentile(samples, 0.95))}`;
