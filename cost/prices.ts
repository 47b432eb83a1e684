/** AWS's list prices. They change, and differ between regions by up to a third: see AWS's pages before a decision depends on them. */
export const PRICES_OF = { region: "us-east-1", date: "November 2026" };

export interface Price {
  /** USD. */
  usd: number;
  /** For so many. */
  per: number;
  unit: string;
  /** Free each month in every account, for ever (not the allowance of new accounts). */
  free?: number;
}

const MILLION = 1_000_000;

export const PRICES = {
  lambdaTime: { usd: 13.3334, per: MILLION, unit: "GB-s (arm64)", free: 400_000 },
  lambdaRequests: { usd: 0.2, per: MILLION, unit: "invocations", free: MILLION },
  tableWrites: { usd: 0.625, per: MILLION, unit: "write units" },
  tableReads: { usd: 0.125, per: MILLION, unit: "read units" },
  tableStorage: { usd: 0.25, per: 1, unit: "GB-months", free: 25 },
  queueRequests: { usd: 0.4, per: MILLION, unit: "requests", free: MILLION },
  schedules: { usd: 1, per: MILLION, unit: "schedule invocations", free: 14 * MILLION },
  logsWritten: { usd: 0.5, per: 1, unit: "GB of logs", free: 5 },
  logsKept: { usd: 0.03, per: 1, unit: "GB-months of logs", free: 5 },
  alarms: { usd: 0.1, per: 1, unit: "alarm metrics", free: 10 },
  metrics: { usd: 0.3, per: 1, unit: "custom metrics", free: 10 },
  /** To the internet, of all services together. Lambda's own charge for responses is left out: the first 6 MB of each are free. */
  transfer: { usd: 0.09, per: 1, unit: "GB to readers", free: 100 },
  secrets: { usd: 0.4, per: 1, unit: "secrets" },
} satisfies Record<string, Price>;
export type PriceId = keyof typeof PRICES;
