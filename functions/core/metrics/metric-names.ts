/**
 * What is measured of a server, by name and unit: one truth for the functions, the alarms and the dashboard. Pure data: must not import
 * anything.
 */
export const NAMESPACE = "Threadline";

export const METRICS = {
  /** By the status they ended with. */
  RunsFinished: "Count",
  /** From claimable to claimed: what the queue, a cold start and missing capacity cost. */
  QueueDelay: "Milliseconds",
  /** From claimable to the first event of the graph in the log. */
  TimeToFirstEvent: "Milliseconds",
  /** Of one slot of the log, from the put to its answer. */
  AppendLatency: "Milliseconds",
  /** Between the making of a slot by a worker and its reading by whoever watches. */
  TailLag: "Milliseconds",
  /** Of a run, when it ends. */
  Attempts: "Count",
  /** Workers that found a foreign record at their place in the log, or lost their lease. */
  FencedWriters: "Count",
  /** Runs that were sent again, or ended, because nobody held them. */
  Recoveries: "Count",
  /** Of DynamoDB, by one invocation of the worker: a run, or its part up to a hand-over. */
  WriteUnits: "Count",
} as const satisfies Record<string, "Count" | "Milliseconds">;

export type MetricName = keyof typeof METRICS;
