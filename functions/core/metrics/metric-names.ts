/** Names and units of the metrics. Functions, alarms and dashboard read this list. */
export const NAMESPACE = "Threadline";

export const METRICS = {
  /** By the status they ended with. */
  RunsFinished: "Count",
  /** From claimable to claimed: time in the queue, cold starts, missing capacity. */
  QueueDelay: "Milliseconds",
  /** From claimable to the first event of the graph in the log. */
  TimeToFirstEvent: "Milliseconds",
  /** Of one slot of the log, from the put to its answer. */
  AppendLatency: "Milliseconds",
  /** From the append of a slot by a worker to its read by a reader. */
  TailLag: "Milliseconds",
  /** Number of attempts of a run, when it ends. */
  Attempts: "Count",
  /** Workers that found a foreign record at their append position, or lost their lease. */
  FencedWriters: "Count",
  /** Runs that were redriven or ended because nobody held them. */
  Recoveries: "Count",
  /** Write units of DynamoDB in one invocation of the worker: a run, or its part up to a hand-over. */
  WriteUnits: "Count",
} as const satisfies Record<string, "Count" | "Milliseconds">;

export type MetricName = keyof typeof METRICS;
