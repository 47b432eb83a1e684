/**
 * What the tasks of a snapshot still wait for. LangGraph's `next` omits a task that was answered and interrupts again, and it keeps the
 * interrupts of an answered task until the step is done. Only pending writes tell them apart.
 */
import type { CheckpointStore, TaskWrites } from "../../../core/checkpoint/checkpoint-port.ts";
import type { JsonObject } from "../../../protocol/json.ts";
import type { Interrupt } from "../../../protocol/thread.ts";
import { toPlain } from "../events/to-json.ts";
import { isObject, type StateSnapshot, type TaskSnapshot } from "../langgraph.ts";

export interface Waiting {
  /** Nodes that are still to run, one name for each task. */
  next: string[];
  /** By task, in the order of the tasks. Tasks that wait for nothing are not in it. */
  interrupts: Map<string, Interrupt[]>;
}

export async function waitingTasks(
  { next, tasks, config }: StateSnapshot,
  thread_id: string,
  store: Pick<CheckpointStore, "writes">,
): Promise<Waiting> {
  const asking = tasks.filter(({ interrupts = [], result }) => interrupts.length > 0 && result === undefined);
  if (asking.length === 0) return { next: [...next], interrupts: new Map() };
  const done = await doneTasks(config, thread_id, store);
  // Older versions show no results: an answered task looks like an interrupted one.
  const waiting = asking.filter(({ id }) => !done.has(id));
  if (waiting.length === 0) return { next: [...next], interrupts: new Map() };
  return {
    next: tasks.filter(({ id }) => !done.has(id)).map(({ name }) => name),
    interrupts: new Map(waiting.map((task) => [task.id, interruptsOf(task)])),
  };
}

async function doneTasks(
  { configurable = {} }: StateSnapshot["config"],
  thread_id: string,
  store: Pick<CheckpointStore, "writes">,
): Promise<Set<string>> {
  const { checkpoint_ns: ns, checkpoint_id } = configurable;
  if (typeof checkpoint_id !== "string") return new Set();
  const written = await store.writes(thread_id, typeof ns === "string" ? ns : "", checkpoint_id);
  return new Set(written.filter(isDone).map(({ task_id }) => task_id));
}

/** A task is done when it has written anything but an error, an interrupt or a resume value, which have negative indexes. */
export const isDone = ({ writes }: Pick<TaskWrites, "writes">): boolean => writes.some(({ index }) => index >= 0);

/** Versions before 0.4 have no interrupt ids. The task's id is used instead. */
export function interruptsOf({ id: task_id, interrupts = [] }: Pick<TaskSnapshot, "id" | "interrupts">): Interrupt[] {
  return interrupts.map((interrupt) => {
    const json = toPlain(interrupt, "An interrupt");
    const fields: JsonObject = isObject(json) && !Array.isArray(json) ? json : { value: json };
    const { id = fields["interrupt_id"], value = null, ...rest } = fields;
    return { ...rest, id: typeof id === "string" ? id : task_id, value };
  });
}
