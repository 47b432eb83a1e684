/** Records of a run as its thread's stream shows them: what tests of the fold write down, and read. Must not assert. */
import type { LogEvent } from "../../functions/core/log/slot.ts";
import { RunEvents } from "../../functions/core/stream/run-events.ts";
import type { RunRecord } from "../../functions/core/stream/run-record.ts";
import { jsonOf, type ThreadEvent } from "../../functions/core/stream/thread-event.ts";
import type { StreamMode } from "../../functions/protocol/run.ts";

export const RUN = "run-1";
/** Those of a run that a command has started. */
export const MODES: StreamMode[] = ["values", "updates", "messages-tuple", "tools", "custom", "tasks", "checkpoints"];

export interface Shown {
  event_id: string;
  seq: number;
  method: string;
  params: { namespace: string[]; timestamp: number; node?: string; data: Record<string, unknown> };
}

/** @param events name and data */
export const record = (slot: number, events: [string, unknown][], end?: RunRecord["end"]): RunRecord => ({
  slot,
  written_at: slot * 1_000,
  events: events.map(([event, data]): LogEvent => ({ event, data: JSON.stringify(data) })),
  ...(end && { end }),
});

export function toldOf(records: RunRecord[], stream_mode = MODES): ThreadEvent[] {
  const events = new RunEvents({ run_id: RUN, graph_id: "graph", stream_mode });
  return records.flatMap((one) => events.take(one));
}

export const shown = (event: ThreadEvent): Shown => JSON.parse(jsonOf(event)) as Shown;

export const fold = (records: RunRecord[], stream_mode = MODES): Shown[] => toldOf(records, stream_mode).map(shown);

/** One line each: method, namespace, what is said. */
export const inShort = (events: Shown[]): string[] =>
  events.map(({ method, params: { namespace, data } }) => {
    const said = typeof data["event"] === "string" ? data["event"] : JSON.stringify(data);
    return [method, namespace.join("|"), said].filter((part) => part !== "").join(" ");
  });
