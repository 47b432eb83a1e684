/** Hands an event of a child to the run's log, unless the run has sent it before. */
import type { EventSink, Urgency } from "../../../core/run/execute/engine-port.ts";
import type { ReplayedEvents } from "../../events/replayed-events.ts";
import type { TaskEnds, TaskRef } from "../../events/task-ends.ts";
import type { Header } from "../process/frames.ts";

/** What a repeated event would repeat: LangGraph, resumed in the middle of a graph, does so. */
type Replay =
  | ["values"]
  | ["updates", isCached: boolean]
  | ["checkpoint", id: string | null]
  | ["task", id: string | null, mode: "tasks" | "debug"];

/** As `child/threadline_child/events.py` writes it. */
interface EventHeader {
  name: string;
  urgency: Urgency | "announce";
  /** The graph whose tasks it announces. */
  ns?: string;
  replay?: Replay;
  /** It shows the end of this task, whose writes are not on their way yet. */
  ends?: TaskRef;
}

export interface Recipients {
  sink: EventSink;
  replayed: ReplayedEvents;
  ends: TaskEnds;
}

/** @throws TooLarge as the sink does */
export function deliverEvent(header: Header, data: string, { sink, replayed, ends }: Recipients): void {
  const { name, urgency, ns = "", replay, ends: task } = header as unknown as EventHeader;
  if (replay && isReplayed(replay, ns, replayed)) return;
  const event = { event: name, data };
  if (task) ends.hold(task, () => sink.announce(event, task.ns));
  else if (urgency === "announce") sink.announce(event, ns);
  else sink.emit(event, urgency);
}

function isReplayed(replay: Replay, ns: string, replayed: ReplayedEvents): boolean {
  switch (replay[0]) {
    case "values":
      return replayed.hasValues(ns);
    case "updates":
      return replayed.hasUpdates(ns, replay[1]);
    case "checkpoint":
      return replayed.hasCheckpoint(ns, replay[1]);
    case "task":
      return replayed.hasStarted(ns, replay[1], replay[2]);
  }
}
