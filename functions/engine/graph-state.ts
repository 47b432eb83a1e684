/** The state of a thread as its graph sees it, in the API's form (Agent Server API). Must not know rows. */
import type { Interrupts } from "../core/rows.ts";
import type { JsonObject } from "../protocol/json.ts";
import type { CheckpointRef, CheckpointSelector, Interrupt, ThreadState, ThreadTask } from "../protocol/thread.ts";
import { addressOf } from "./checkpoint-events.ts";
import { type ErrorText, errorDetail } from "./error-detail.ts";
import {
  type Graph,
  type GraphConfig,
  isObject,
  isSnapshot,
  type StateSnapshot,
  type TaskSnapshot,
} from "./langgraph.ts";
import { toPlain, toPlainObject } from "./to-json.ts";

/** What a stopped graph waits for, by task; and whether it has nodes left to run. */
export async function pauseOf(
  graph: Graph,
  thread_id: string,
): Promise<{ unfinished: boolean; interrupts: Interrupts }> {
  const { next, tasks } = await graph.getState({ configurable: { thread_id } });
  const waiting = tasks.map((task): [string, Interrupt[]] => [task.id, interruptsOf(task)]);
  return { unfinished: next.length > 0, interrupts: Object.fromEntries(waiting.filter(([, list]) => list.length > 0)) };
}

type Selector = Partial<CheckpointSelector>;

export function stateConfig(thread_id: string, graph_id: string, selector: Selector | undefined): GraphConfig {
  const { checkpoint_id, checkpoint_ns, checkpoint_map } = selector ?? {};
  return {
    configurable: {
      thread_id,
      graph_id,
      checkpoint_ns: checkpoint_ns ?? "",
      ...(checkpoint_id === undefined ? {} : { checkpoint_id }),
      ...(checkpoint_map === undefined ? {} : { checkpoint_map }),
    },
  };
}

/** A thread without a checkpoint has an empty state, never an error; so has a checkpoint that does not exist. */
export function threadState(snapshot: StateSnapshot, thread_id: string, text: ErrorText): ThreadState {
  const tasks = snapshot.tasks.map((task) => threadTask(task, thread_id, text));
  const checkpoint = refOf(snapshot.config, thread_id);
  const parent = snapshot.parentConfig ? refOf(snapshot.parentConfig, thread_id) : null;
  return {
    values: toPlain(snapshot.values, "The thread's values"),
    next: [...snapshot.next],
    tasks,
    metadata: metadataOf(snapshot.metadata),
    created_at: snapshot.createdAt ?? null,
    checkpoint,
    parent_checkpoint: parent?.checkpoint_id ? parent : null,
    interrupts: tasks.flatMap(({ interrupts }) => interrupts),
    checkpoint_id: checkpoint.checkpoint_id,
    parent_checkpoint_id: parent?.checkpoint_id ?? null,
  };
}

function threadTask(task: TaskSnapshot, thread_id: string, text: ErrorText): ThreadTask {
  const address = addressOf(task.state);
  return {
    id: task.id,
    name: task.name,
    path: toPlain(task.path ?? null, "A task's path"),
    error: task.error === undefined || task.error === null ? null : errorText(task.error, text),
    interrupts: interruptsOf(task),
    checkpoint: isSnapshot(task.state) || !address ? null : toPlainObject(address, "A checkpoint"),
    state: isSnapshot(task.state) ? threadState(task.state, thread_id, text) : null,
    ...(task.result === undefined ? {} : { result: toPlain(task.result, "A task's result") }),
  };
}

/** As the official server writes it: class and text. */
function errorText(error: unknown, text: ErrorText): string {
  const detail = errorDetail(error, text);
  return `${detail.error}(${JSON.stringify(detail.message)})`;
}

/**
 * What the task still waits for: LangGraph keeps the interrupts of one that was answered beside its result, until all tasks of the step are
 * done. Versions before 0.4 know no interrupt ids: the task's stands in.
 */
function interruptsOf(task: TaskSnapshot): Interrupt[] {
  if (task.result !== undefined) return [];
  return (task.interrupts ?? []).map((interrupt) => {
    const said = toPlain(interrupt, "An interrupt");
    const fields: JsonObject = isObject(said) && !Array.isArray(said) ? said : { value: said };
    const { id = fields["interrupt_id"], value = null, ...rest } = fields;
    return { ...rest, id: typeof id === "string" ? id : task.id, value };
  });
}

function refOf(config: StateSnapshot["config"], thread_id: string): CheckpointRef {
  const { checkpoint_ns, checkpoint_id, checkpoint_map } = config.configurable ?? {};
  return {
    thread_id,
    checkpoint_ns: typeof checkpoint_ns === "string" ? checkpoint_ns : "",
    checkpoint_id: typeof checkpoint_id === "string" ? checkpoint_id : null,
    ...(isObject(checkpoint_map) ? { checkpoint_map: toPlainObject(checkpoint_map, "A checkpoint map") } : {}),
  };
}

function metadataOf(metadata: Record<string, unknown> | undefined): JsonObject {
  const { checkpoint_ns, ...rest } = toPlainObject(metadata ?? {}, "The checkpoint's metadata");
  return checkpoint_ns === undefined || checkpoint_ns === "" ? rest : { ...rest, checkpoint_ns };
}
