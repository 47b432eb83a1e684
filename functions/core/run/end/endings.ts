/** Endings that a graph does not reach itself: cancelled, failed, or lost. */
import type { ErrorDetail, ThreadStatus } from "../../../protocol/thread.ts";
import type { LogEvent } from "../../log/slot.ts";
import { shorten } from "../../failure/shorten.ts";
import { ERROR_CHARACTERS } from "../../json/size-limits.ts";
import type { HeadRef, Interrupts } from "../../thread/thread-row.ts";
import type { FinalStatus, RunRow } from "../run-row.ts";
import { NO_PROGRESS_CLAIMS } from "../timings.ts";

export interface Ending {
  status: Exclude<FinalStatus, "rolled_back" | "deleted">;
  thread_status: Exclude<ThreadStatus, "busy">;
  /** The thread's error after the run; null clears that of an earlier run. */
  error: ErrorDetail | null;
  interrupts: Interrupts;
  /** Newest root checkpoint, if this run wrote one. */
  head?: HeadRef;
  /** Newest checkpoint, of any namespace, that this run wrote and readers see; '' = none. */
  after: string;
  /** The run was refused before it began: status, error and interrupts of the thread stay as they were. */
  untouched?: true;
  /** Go into the last slot, with the end record. */
  events: LogEvent[];
}

/**
 * Cancelled. The intent on the row decides the final status; a run that has no checkpoint leaves its thread idle.
 * @param after newest checkpoint that the run may show, '' = none
 */
export const stopped = (after: string): Ending => ({
  status: "interrupted",
  thread_status: after === "" ? "idle" : "interrupted",
  error: null,
  interrupts: {},
  after,
  events: [],
});

/** @param after newest checkpoint that the run may show, '' = none */
export function failed(detail: ErrorDetail, after: string): Ending {
  const error = {
    error: shorten(detail.error, ERROR_CHARACTERS),
    message: shorten(detail.message, ERROR_CHARACTERS),
  };
  const events = [{ event: "error", data: JSON.stringify(error) }];
  return { status: "error", thread_status: "error", error, interrupts: {}, after, events };
}

/** The server lost the run: its graph did not fail. */
export const runLost = (message: string, after: string): Ending => failed({ error: "RunLost", message }, after);

/** For clients; `String(reason)` is for logs. */
const textOf = (reason: unknown): string =>
  reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason);

/** Something that the run needs can never be done: a right is missing, a row is spoilt, or we have a defect. */
export const impossibleDetail = (reason: unknown): ErrorDetail => ({
  error: "RunLost",
  message: `the run cannot go on: ${textOf(reason)}`,
});

export const impossible = (reason: unknown, after: string): Ending => failed(impossibleDetail(reason), after);

/** Replaces an ending that the table can never take. Checkpoints and written events are kept; the events of the last slot are lost. */
export const unwritable = ({ after, head }: Pick<Ending, "after" | "head">, reason: unknown): Ending => ({
  ...runLost(`the end of the run cannot be written: ${textOf(reason)}`, after),
  ...(head && { head }),
});

/**
 * No progress: claimed NO_PROGRESS_CLAIMS times in a row without a new checkpoint (model rule limitCountsNoProgressClaims).
 * @param run the row that showed it
 */
export function noProgress({ cut_after = 0 }: Pick<RunRow, "cut_after">, after: string): Ending {
  const seconds = Math.round(cut_after / 1_000);
  const why = `; it was cut off at the function's time limit of ${seconds} s: split the node that takes longer`;
  return runLost(
    `the run was started ${NO_PROGRESS_CLAIMS} times and made no progress${cut_after > 0 ? why : ""}`,
    after,
  );
}
