/** A claim on a run, as its owner knows it. */
import type { ThreadRow } from "../thread/thread-row.ts";
import type { RunningRun } from "./run-row.ts";

export interface Claim {
  thread: ThreadRow;
  /** The row as it is after the claim. */
  run: RunningRun;
  /** Tail of the log, read before the claim, never after (model rule tailReadBeforeOwnership). */
  tail: number;
  /** The run's input, if it came with the rows. */
  input?: Uint8Array;
}
