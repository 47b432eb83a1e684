/**
 * How many DynamoDB request units a run consumes and how much its readers are sent. Measured by `node cost/measure/measure.ts` on the local
 * system, with readers that poll as on Lambda; a test measures it again.
 */

/** A chat-like graph whose clients ask for `values` and `messages-tuple`, as `useStream` does. A call = a model call = a superstep. */
export interface UnitCounts {
  writes: {
    /** Create, claim, finish; the input; the first and last checkpoint. */
    run: number;
    call: number;
    /** Lease and due time. */
    second: number;
    /** In addition, while tokens come: a slot of the log each THREADLINE_STREAM_FLUSH_MS. At 60 tokens/s; the number hardly matters. */
    flowingSecond: number;
    /** Per KB of messages on the thread: `values` at the beginning, and after each call. */
    stateKb: number;
    stateKbCall: number;
  };
  reads: {
    run: number;
    call: number;
    /** The poll for a cancel. */
    second: number;
    stateKb: number;
    /** Each reader: once, and while nothing or something comes. */
    reader: number;
    readerSecond: number;
    readerFlowingSecond: number;
    readerStateKb: number;
  };
  /** KB to each reader: once (metadata, the first and the last `values`), for each token's event, for each KB of state in each `values`. */
  sentKb: { reader: number; token: number; stateKbValues: number };
  /** KB that stay in the table until the thread is deleted: rows and checkpoints, short messages included. */
  keptKb: { run: number; call: number };
}

/** The measurement with the least load out of three. On a busy machine timers are late, so values per second are too small. */
export const MEASURED_ON = "2026-11-30";

export const MEASURED: UnitCounts = {
  writes: { run: 26.2, call: 4.8, second: 0.27, flowingSecond: 8.9, stateKb: 0.78, stateKbCall: 0.74 },
  reads: {
    run: 4,
    call: 0.2,
    second: 1.03,
    stateKb: 0.03,
    reader: 6,
    readerSecond: 4.1,
    readerFlowingSecond: 8.5,
    readerStateKb: 0.09,
  },
  sentKb: { reader: 0.68, token: 0.84, stateKbValues: 1.03 },
  keptKb: { run: 3.8, call: 1.7 },
};
