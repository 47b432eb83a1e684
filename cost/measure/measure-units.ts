/** Calculates request units from the differences between probes. */
import type { UnitCounts } from "../unit-counts.ts";
import { keptKb } from "./kept.ts";
import type { Consumed, Meter } from "./meter.ts";
import { measureProbe, type Measured, type Probe, SHORT } from "./probe.ts";
import type { System } from "./system.ts";

export interface Lengths {
  /** Length of a run without tokens and of one with tokens. */
  seconds: number;
  /** Model calls of the longer of two runs. */
  calls: number;
  readers: number;
  stateKb: number;
}

/** Long enough for what happens each 30 s to happen. */
export const USUAL: Lengths = { seconds: 60, calls: 6, readers: 2, stateKb: 100 };

const PER_SECOND = 60;

/** Runs all probes at once. The units of each are known by its thread. */
export async function measureUnits({ url, env }: System, meter: Meter, lengths: Lengths = USUAL): Promise<UnitCounts> {
  const { seconds, calls, readers, stateKb } = lengths;
  const probe = (change: Partial<Probe>): Promise<Measured> => measureProbe(url, meter, { ...SHORT, ...change });
  const silence = seconds * 1_000;
  const flow = { tokens: seconds * PER_SECOND, pace: 1_000 / PER_SECOND };
  // The first run also pays for what is loaded once.
  await probe({});
  const [short, watched, longer, silent, silentWatched, flowing, flowingWatched, full, fullLonger, fullWatched] =
    await Promise.all([
      probe({}),
      probe({ readers }),
      probe({ calls }),
      probe({ silence }),
      probe({ silence, readers }),
      probe(flow),
      probe({ ...flow, readers }),
      probe({ stateKb }),
      probe({ stateKb, calls }),
      probe({ stateKb, readers }),
    ]);

  const slope = (more: number, less: number, by: number): number => rounded((more - less) / by);
  const steps = calls - 1;
  const sentToken = slope(flowingWatched.sentKb, watched.sentKb, readers * (flow.tokens - 1));
  const reader = slope(watched.reads, short.reads, readers);
  const perReader = (with_: Consumed, without: Consumed): number => slope(with_.reads, without.reads, readers) - reader;
  const writes = {
    call: slope(longer.writes, short.writes, steps),
    second: slope(silent.writes, short.writes, seconds),
  };
  const reads = { call: slope(longer.reads, short.reads, steps), second: slope(silent.reads, short.reads, seconds) };
  const [kept, keptLonger] = await Promise.all([short, longer].map(({ thread_id }) => keptKb(env, thread_id)));
  const keptCall = slope(keptLonger ?? 0, kept ?? 0, steps);
  const kbCall = (kind: "writes" | "reads"): number =>
    slope(fullLonger[kind] - full[kind], longer[kind] - short[kind], steps * stateKb);
  return {
    writes: {
      run: rounded(short.writes - writes.call),
      ...writes,
      flowingSecond: slope(flowing.writes, silent.writes, seconds),
      stateKb: rounded(slope(full.writes, short.writes, stateKb) - kbCall("writes")),
      stateKbCall: kbCall("writes"),
    },
    reads: {
      run: rounded(short.reads - reads.call),
      ...reads,
      stateKb: slope(full.reads, short.reads, stateKb),
      reader,
      readerSecond: rounded(perReader(silentWatched, silent) / seconds),
      readerFlowingSecond: rounded(perReader(flowingWatched, flowing) / seconds),
      readerStateKb: rounded(perReader(fullWatched, full) / stateKb),
    },
    sentKb: {
      reader: rounded(watched.sentKb / readers - sentToken),
      token: sentToken,
      // `values` comes at the beginning and after the one call.
      stateKbValues: slope(fullWatched.sentKb, watched.sentKb, 2 * readers * stateKb),
    },
    keptKb: { run: rounded((kept ?? 0) - keptCall), call: keptCall },
  };
}

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;
