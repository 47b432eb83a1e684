/** The port that makes an update of a thread's state part of the thread. Expected races are return values. */
import type { Slot } from "../log/slot.ts";
import type { ClaimNumber } from "../run/run-row.ts";
import type { ThreadWrite } from "../thread/thread-port.ts";
import type { CheckpointHead, TaskWrites } from "./checkpoint-port.ts";

/** What was put into a staged store (`stageCheckpoints`). */
export interface Staged {
  heads: CheckpointHead[];
  /** One entry for each checkpoint and task. */
  writes: TaskWrites[];
}

export interface StateUpdate {
  /** On condition that no run has been created, and nothing else has changed, since the thread was read. */
  thread: ThreadWrite;
  /** Takes the update's place in the log: its number is the claim's, which no run can have then. */
  slot: Slot;
  claim: ClaimNumber;
  staged: Staged;
}

export interface StateUpdates {
  /**
   * Everything or nothing. `contended`: the thread row or the log moved on, or an earlier try of the same update has arrived. `too_large`:
   * more writes than one transaction takes.
   */
  commit(update: StateUpdate): Promise<"committed" | "contended" | "too_large">;
}
