/** A slot of a thread's log: a batch of events. */
import type { FinalStatus } from "../run/run-row.ts";

/** One item of the thread log: a batch of events of one run, written once and never changed. */
export interface Slot {
  slot: number;
  run_id: string;
  gen: number;
  epoch: number;
  /** Nonce of the append. Our own nonce at a taken slot means that our append had succeeded. */
  nonce: string;
  /** Number of events; 0 for a fence, a part, or an end without held events. */
  count: number;
  /** Compressed lines, `encodeEvents`. */
  payload: Uint8Array;
  /** The payload goes on in the next slot of the same writer. */
  more: boolean;
  /** Number of slots right before this one that hold the beginning of its payload. */
  parts: number;
  /** Present in the last record of a run. */
  end?: FinalStatus;
  /** ms since 1970: retention counts from here. */
  written_at: number;
}

/** An event as it goes on the wire; `data` is JSON text without line breaks. */
export interface LogEvent {
  event: string;
  data: string;
}
