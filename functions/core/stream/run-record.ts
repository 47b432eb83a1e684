/** A run and the slots of its log, as the thread's stream reads them. */
import type { LogEvent, Slot } from "../log/slot.ts";
import type { RunRow } from "../run/run-row.ts";

export type StreamedRun = Pick<RunRow, "run_id" | "graph_id" | "stream_mode">;

/** A slot of a run, and its events. */
export interface RunRecord extends Pick<Slot, "slot" | "written_at" | "end"> {
  events: readonly LogEvent[];
}
