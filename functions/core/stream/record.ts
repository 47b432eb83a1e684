/** Records of the log that only the thread's stream shows, and the records of a run as that stream reads them. */
import type { LogEvent, Slot } from "../log/slot.ts";
import { isJsonObject } from "../../protocol/json.ts";
import type { RunKwargs } from "../../protocol/run.ts";
import type { RunRow } from "../run/run-row.ts";

const PREFIX = "protocol/";

/**
 * `answered`: the ids that a run answers. `refused`: why it may not. `paused`: it waits for a person. The others are followed by a
 * namespace.
 */
export const RECORDS = {
  answered: `${PREFIX}answered`,
  paused: `${PREFIX}paused`,
  refused: `${PREFIX}refused`,
  checkpoints: `${PREFIX}checkpoints`,
  messages: `${PREFIX}messages`,
} as const;

/** Readers of runs, and of threads by their runs, do not see it. */
export const isOfStreamOnly = ({ event }: Pick<LogEvent, "event">): boolean => event.startsWith(PREFIX);

export type StreamedRun = Pick<RunRow, "run_id" | "graph_id" | "stream_mode">;

/** A slot of a run, and its events. */
export interface RunRecord extends Pick<Slot, "slot" | "written_at" | "end"> {
  events: readonly LogEvent[];
}

/** The interrupts that a run answers by their ids; LangGraph takes any other answer as that of all. */
export function answeredIds({ command }: Pick<RunKwargs, "command">): string[] {
  const resume = command?.resume;
  const ids = resume !== undefined && isJsonObject(resume) ? Object.keys(resume) : [];
  return ids.every((id) => /^[0-9a-f]{32}$/.test(id)) ? ids : [];
}
