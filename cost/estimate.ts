/** Calculates quantities from a use, and money from quantities. */
import { DUE_SHARDS } from "../functions/aws/table/limits.ts";
import { MEMORY_MB } from "../functions/host/memory.ts";
import { type Price, type PriceId, PRICES } from "./prices.ts";
import type { UnitCounts } from "./unit-counts.ts";

export interface Use {
  runsPerDay: number;
  secondsPerRun: number;
  /** Of a run, all model calls together. */
  tokens: number;
  tokensPerSecond: number;
  calls: number;
  /** Streams open from the beginning of a run to its end. */
  readers: number;
  /** KB of messages on the thread when a run begins. */
  stateKb: number;
  /** MB. */
  workerMemory: number;
  apiMemory: number;
  /** Days that events of finished runs are kept, and logs. */
  retentionDays: number;
  logDays: number;
  alarms: number;
  /** Custom metrics, each name with each set of dimensions. Billed for the hours in which a value is published. */
  metrics: number;
  secrets: number;
}

export interface Line {
  what: string;
  price: PriceId;
  quantity: number;
}

const MB_PER_GB = 1_024;
const KB_PER_GB = 1_024 * 1_024;
const DAYS = 30;
const HOURS_PER_DAY = 24;
const SECONDS_PER_HOUR = 3_600;
const MINUTES = DAYS * HOURS_PER_DAY * 60;

/** s of a run outside its graph: create, queue, claim, finish. Assumed: a warm queue takes 45-70 ms to the graph. */
const AROUND = 0.1;
/** Send, receive, delete. */
const QUEUE_REQUESTS = 3;
/** Log lines of a run: created, started, finished, three with metrics, and AWS's about the invocation. Sizes are assumed. */
const LOG_LINES = 6;
const LOG_LINE_KB = 0.5;
const INVOCATION_LOG_KB = 1;
/** A sweep asks each shard of the index `by-due`, for half a unit. */
const SWEEP_READS = DUE_SHARDS / 2;
const SWEEP_SECONDS = 0.05;
const SWEEP_GB = MEMORY_MB.sweeper / MB_PER_GB;
/** Lambda polls an empty queue with five long polls of 20 s (assumed; AWS does not say). */
const POLLS_PER_MINUTE = 15;

/** Seconds of a run in which tokens come. */
const flowing = ({ tokens, tokensPerSecond, secondsPerRun }: Use): number =>
  Math.min(secondsPerRun, tokens / tokensPerSecond);

/** One run, warm; what it leaves in the table for a month is in `monthOf`. */
export function runOf(use: Use, units: UnitCounts): Line[] {
  const { writes, reads, sentKb } = units;
  const { secondsPerRun: seconds, tokens, calls, readers, stateKb } = use;
  const stream = flowing(use);
  const lived = seconds + AROUND;
  const perReader =
    reads.reader +
    reads.readerSecond * (seconds - stream) +
    reads.readerFlowingSecond * stream +
    reads.readerStateKb * stateKb;
  const sentToReader = sentKb.reader + sentKb.token * tokens + sentKb.stateKbValues * stateKb * (1 + calls);
  const requests = Math.max(1, readers);
  return [
    { what: "worker", price: "lambdaTime", quantity: (use.workerMemory / MB_PER_GB) * lived },
    {
      what: "streams",
      price: "lambdaTime",
      quantity: (use.apiMemory / MB_PER_GB) * (readers > 0 ? lived * readers : AROUND),
    },
    { what: "invocations", price: "lambdaRequests", quantity: 1 + requests },
    { what: "thread log", price: "tableWrites", quantity: logWrites(use, units) },
    {
      what: "rows, checkpoints, lease",
      price: "tableWrites",
      quantity: writes.run + writes.call * calls + writes.second * seconds,
    },
    {
      what: "reads of the run",
      price: "tableReads",
      quantity: reads.run + reads.call * calls + reads.second * seconds + reads.stateKb * stateKb,
    },
    { what: "reads of the streams", price: "tableReads", quantity: perReader * readers },
    { what: "events to the readers", price: "transfer", quantity: (sentToReader * readers) / KB_PER_GB },
    { what: "queue", price: "queueRequests", quantity: QUEUE_REQUESTS },
    { what: "logs", price: "logsWritten", quantity: runLogKb(requests) / KB_PER_GB },
  ];
}

const logWrites = (use: Use, { writes }: UnitCounts): number =>
  writes.flowingSecond * flowing(use) + use.stateKb * (writes.stateKb + writes.stateKbCall * use.calls);

const runLogKb = (requests: number): number => LOG_LINES * LOG_LINE_KB + (1 + requests) * INVOCATION_LOG_KB;

/** The costs of a month without use. */
export function idleMonth({ alarms, secrets, logDays }: Use): Line[] {
  const logGb = (MINUTES * INVOCATION_LOG_KB) / KB_PER_GB;
  return [
    { what: "the sweeper, each minute", price: "schedules", quantity: MINUTES },
    { what: "its invocations", price: "lambdaRequests", quantity: MINUTES },
    { what: "its time", price: "lambdaTime", quantity: MINUTES * SWEEP_SECONDS * SWEEP_GB },
    { what: "its reads", price: "tableReads", quantity: MINUTES * SWEEP_READS },
    { what: "its logs", price: "logsWritten", quantity: logGb },
    { what: "logs kept", price: "logsKept", quantity: (logGb * logDays) / DAYS },
    { what: "Lambda's polls of the queue", price: "queueRequests", quantity: MINUTES * POLLS_PER_MINUTE },
    { what: "alarms", price: "alarms", quantity: alarms },
    { what: "secrets", price: "secrets", quantity: secrets },
  ];
}

/** A month of use, the idle part included. Storage is that of the month's own runs. */
export function monthOf(use: Use, units: UnitCounts): Line[] {
  const runs = use.runsPerDay * DAYS;
  const logGb = (logWrites(use, units) * Math.min(DAYS, use.retentionDays)) / DAYS / KB_PER_GB;
  const keptGb = (units.keptKb.run + units.keptKb.call * use.calls) / KB_PER_GB;
  const ofRuns = runOf(use, units).map((line) => ({ ...line, quantity: line.quantity * runs }));
  return [
    ...ofRuns,
    { what: "thread log kept", price: "tableStorage", quantity: runs * logGb },
    { what: "threads and checkpoints, until deleted", price: "tableStorage", quantity: runs * keptGb },
    { what: "custom metrics", price: "metrics", quantity: use.metrics * shareOfHours(use) },
    ...idleMonth(use),
  ];
}

/** The share of a month's hours in which runs publish metrics, at worst: each run has hours of its own. Idle hours publish nothing. */
const shareOfHours = ({ runsPerDay, secondsPerRun }: Use): number =>
  Math.min(1, (runsPerDay * (1 + secondsPerRun / SECONDS_PER_HOUR)) / HOURS_PER_DAY);

export const usdOf = ({ price, quantity }: Line): number => (PRICES[price].usd * quantity) / PRICES[price].per;

export const sumOf = (lines: readonly Line[]): number => lines.reduce((sum, line) => sum + usdOf(line), 0);

/** The month's sum without what is free for each account, if nothing else uses the free part. */
export function sumAfterFree(lines: readonly Line[]): number {
  const quantities = new Map<PriceId, number>();
  for (const { price, quantity } of lines) quantities.set(price, (quantities.get(price) ?? 0) + quantity);
  return [...quantities].reduce((sum, [price, quantity]) => {
    const { free = 0 }: Price = PRICES[price];
    return sum + usdOf({ what: "", price, quantity: Math.max(0, quantity - free) });
  }, 0);
}
