/**
 * What a run cost on AWS: the formulas of `npm run cost`, with what the API tells of this run. Slots of the log are counted; all other
 * quantities follow from its duration and from measurements of runs like it.
 */
import { type Line, runOf, usdOf } from "../../cost/estimate.ts";
import { MEASURED } from "../../cost/unit-counts.ts";
import { PRICES } from "../../cost/prices.ts";
import { MEMORY_MB } from "../../functions/host/memory.ts";
import type { RunLog } from "./run-log.ts";

const ASSUMED_READERS = 1;

export interface CostLine {
  what: string;
  quantity: number;
  unit: string;
  usd: number;
  counted: boolean;
}

export interface CostFacts {
  /** ms */
  duration: number;
  log: RunLog | undefined;
  /** Of the run. */
  checkpoints: number;
  /** Bytes of the thread's values. */
  stateBytes: number;
}

export function costOfRun({ duration, log, checkpoints, stateBytes }: CostFacts): CostLine[] {
  const seconds = duration / 1_000;
  const tokens = log?.pieces ?? 0;
  const lines = runOf(
    {
      secondsPerRun: seconds,
      tokens,
      tokensPerSecond: Math.max(1, tokens / Math.max(seconds, 0.001)),
      calls: Math.max(1, checkpoints - 1),
      readers: ASSUMED_READERS,
      stateKb: stateBytes / 1_024,
      workerMemory: MEMORY_MB.worker,
      apiMemory: MEMORY_MB.api,
      runsPerDay: 1,
      retentionDays: 7,
      logDays: 30,
      alarms: 0,
      metrics: 0,
      secrets: 0,
    },
    MEASURED,
  );
  return lines.map((line) => {
    const counted = line.what === "thread log" && log !== undefined;
    return shown(counted ? { ...line, quantity: Math.max(log.slots, log.size / CHARACTERS_PER_UNIT) } : line, counted);
  });
}

/** Characters of events in a write unit of 1 KB, once they are compressed to about a quarter. */
const CHARACTERS_PER_UNIT = 4 * 1_024;

const shown = (line: Line, counted: boolean): CostLine => ({
  what: line.what,
  quantity: line.quantity,
  unit: PRICES[line.price].unit,
  usd: usdOf(line),
  counted,
});
