/**
 * Follows a task through the log of its thread. Every event has an id of a place in the log, so a reader goes on after any of them: the
 * events are made again from the run's first one, and those that the reader has are left out.
 */
import type { ArtifactUpdate, StatusUpdate } from "../../protocol/a2a.ts";
import { isJsonObject, type Json } from "../../protocol/json.ts";
import { type Cursor, eventId, parseCursor } from "../log/cursor.ts";
import type { TailEvent } from "../log/log-reader.ts";
import { tailRun } from "../log/tail-log.ts";
import { SLOT_EVENTS } from "../log/timings.ts";
import type { Ports } from "../ports.ts";
import { isFinal, isGone, type RunRow } from "../run/run-row.ts";
import { messageType } from "../stream/shown-state.ts";
import type { TaskRun } from "./find-task.ts";
import { agentMessage, idsOf, readTask } from "./read-task.ts";
import { artifactOf, partOf, textOf } from "./task-messages.ts";

type Update = StatusUpdate | ArtifactUpdate;

export interface TaskEvent {
  /** Absent for what no place in the log stands for. */
  id?: string;
  update: Update;
}

/** Ends after the final update, or without it when the signal aborts. @param cursor the last event that the reader has */
export async function* followTask(
  ports: Ports,
  task: TaskRun,
  { cursor, signal }: { cursor: Cursor; signal: AbortSignal },
): AsyncGenerator<TaskEvent> {
  const isNew = ({ id }: TaskEvent): boolean => id === undefined || isAfter(parseCursor(id), cursor);
  const updates = new TaskUpdates(task);
  const tail = tailRun(ports, task.run, { cursor: { kind: "start" }, signal });
  try {
    for await (const { events } of tail) yield* events.flatMap((event) => updates.take(event)).filter(isNew);
  } finally {
    await tail.return({ kind: "gone" });
  }
  if (signal.aborted) return;
  yield* (await finalUpdates(ports, task)).filter(isNew);
}

function isAfter(place: Cursor, cursor: Cursor): boolean {
  if (place.kind !== "after" || cursor.kind !== "after") return true;
  return place.slot > cursor.slot || (place.slot === cursor.slot && place.index > cursor.index);
}

/** The updates that events of the log stand for, in their order. */
class TaskUpdates {
  readonly #task: TaskRun;
  /** The message whose pieces the artifact has. */
  #message: string | undefined;

  constructor(task: TaskRun) {
    this.#task = task;
  }

  take({ id, event, data }: TailEvent): TaskEvent[] {
    // The state that stands in for expired events: the final update says the same.
    if (id === undefined) return [];
    const update = this.#updateOf(event, JSON.parse(data) as Json);
    return update ? [{ id, update: { ...update, metadata: { event_id: id } } }] : [];
  }

  #updateOf(event: string, data: Json): Update | undefined {
    const { run } = this.#task;
    if (event === "metadata") {
      // A new attempt says again what it had not finished.
      this.#message = undefined;
      return working(this.#task);
    }
    if (event === "custom") return working(this.#task, agentMessage([partOf(data)], run, idsOf(this.#task)));
    if (event !== "messages" || !Array.isArray(data)) return undefined;
    const [message] = data;
    if (!isJsonObject(message) || messageType(message) !== "ai") return undefined;
    const text = textOf(message["content"]);
    if (text === "") return undefined;
    const id = JSON.stringify(message["id"]);
    const append = id === this.#message;
    this.#message = id;
    return piece(this.#task, { text, append });
  }
}

const working = (task: TaskRun, message?: ReturnType<typeof agentMessage>): StatusUpdate => ({
  kind: "status-update",
  ...idsOf(task),
  status: { state: "working", timestamp: task.run.created_at, ...(message && { message }) },
  final: false,
});

const piece = (task: TaskRun, { text, append }: { text: string; append: boolean }): ArtifactUpdate => ({
  kind: "artifact-update",
  ...idsOf(task),
  artifact: artifactOf({ kind: "text", text }, task.run),
  append,
  lastChunk: false,
});

/** The answer as a whole, for not every model speaks in pieces, and the state at the end. */
async function finalUpdates(ports: Ports, { task_id, run: before }: TaskRun): Promise<TaskEvent[]> {
  const run = (await ports.runs.get(before)) ?? before;
  const task = { task_id, run };
  const { status, artifacts } = await readTask(ports, task, 0);
  const updates: Update[] = artifacts.map((artifact) => ({
    kind: "artifact-update",
    ...idsOf(task),
    artifact,
    append: false,
    lastChunk: true,
  }));
  updates.push({ kind: "status-update", ...idsOf(task), status, final: true });
  return updates.map((update, index) => {
    const id = endId(run, index + 1);
    return id === undefined ? { update } : { id, update: { ...update, metadata: { event_id: id } } };
  });
}

/** Places behind all events of the run's last slot. A run that was cancelled while it waited has none. */
const endId = (run: RunRow, n: number): string | undefined =>
  isFinal(run) && !isGone(run) && run.log_end !== undefined ? eventId(run.log_end, SLOT_EVENTS + n) : undefined;
