/** The state of a thread as its graph sees it, in the API's form (Agent Server API). */
import type { CheckpointStore } from "../../../core/checkpoint/checkpoint-port.ts";
import type { StateQuery } from "../../../core/run/execute/engine-port.ts";
import type { Interrupts } from "../../../core/thread/thread-row.ts";
import type { JsonObject } from "../../../protocol/json.ts";
import type {
  CheckpointRef,
  CheckpointSelector,
  HistoryQuery,
  Interrupt,
  ThreadState,
  ThreadTask,
} from "../../../protocol/thread.ts";
import { addressOf } from "../events/checkpoint-events.ts";
import { toPlain, toPlainObject } from "../events/to-json.ts";
import {
  type Graph,
  type GraphConfig,
  isObject,
  isSnapshot,
  type StateSnapshot,
  type TaskSnapshot,
} from "../langgraph.ts";
import type { ErrorText } from "../../graph/shown-errors.ts";
import { errorDetail } from "./error-detail.ts";
import { withOrderedInterrupts } from "./order-interrupts.ts";
import { waitingTasks } from "./waiting-tasks.ts";

/** The interrupts of a stopped graph, by task, and whether it has nodes left to run. */
export async function pauseOf(
  graph: Graph,
  thread_id: string,
  store: Pick<CheckpointStore, "writes">,
): Promise<{ unfinished: boolean; interrupts: Interrupts }> {
  const snapshot = await withOrderedInterrupts(graph, await graph.getState({ configurable: { thread_id } }));
  const { next, interrupts } = await waitingTasks(snapshot, thread_id, store);
  return { unfinished: next.length > 0, interrupts: Object.fromEntries(interrupts) };
}

type Selector = Partial<CheckpointSelector>;

export function stateConfig(
  thread_id: string,
  graph_id: string | undefined,
  selector: Selector | undefined,
): GraphConfig {
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

/** Of a graph that the project has. */
export type ServedQuery = StateQuery & { graph_id: string };

/** LangGraph's options for a history. */
export interface HistoryOptions {
  limit: number;
  before?: GraphConfig;
  filter?: JsonObject;
}

export function historyOptions(
  { thread_id, graph_id }: ServedQuery,
  { limit, before, metadata }: HistoryQuery,
): HistoryOptions {
  return {
    limit,
    ...(before && { before: stateConfig(thread_id, graph_id, before) }),
    ...(metadata && { filter: metadata }),
  };
}

/** How a snapshot is turned into a state. */
export interface Reading {
  thread_id: string;
  text: ErrorText;
  store: Pick<CheckpointStore, "writes">;
}

/** A thread without a checkpoint, or a checkpoint that does not exist, has an empty state, never an error. */
export async function threadState(snapshot: StateSnapshot, reading: Reading): Promise<ThreadState> {
  const { thread_id, store } = reading;
  const { next, interrupts } = await waitingTasks(snapshot, thread_id, store);
  const tasks = await Promise.all(
    snapshot.tasks.map((task) => threadTask(task, interrupts.get(task.id) ?? [], reading)),
  );
  const checkpoint = refOf(snapshot.config, thread_id);
  const parent = snapshot.parentConfig ? refOf(snapshot.parentConfig, thread_id) : null;
  return {
    values: toPlain(snapshot.values, "The thread's values"),
    next,
    tasks,
    metadata: metadataOf(snapshot.metadata),
    created_at: snapshot.createdAt ?? null,
    checkpoint,
    parent_checkpoint: parent?.checkpoint_id ? parent : null,
    interrupts: [...interrupts.values()].flat(),
    checkpoint_id: checkpoint.checkpoint_id,
    parent_checkpoint_id: parent?.checkpoint_id ?? null,
  };
}

async function threadTask(task: TaskSnapshot, interrupts: Interrupt[], reading: Reading): Promise<ThreadTask> {
  const address = addressOf(task.state);
  return {
    id: task.id,
    name: task.name,
    path: toPlain(task.path ?? null, "A task's path"),
    error: task.error === undefined || task.error === null ? null : errorText(task.error, reading.text),
    interrupts,
    checkpoint: isSnapshot(task.state) || !address ? null : toPlainObject(address, "A checkpoint"),
    state: isSnapshot(task.state) ? await threadState(task.state, reading) : null,
    ...(task.result === undefined ? {} : { result: toPlain(task.result, "A task's result") }),
  };
}

/** As the official server writes it: class and text. */
function errorText(error: unknown, text: ErrorText): string {
  const detail = errorDetail(error, text);
  return `${detail.error}(${JSON.stringify(detail.message)})`;
}

export function refOf(config: StateSnapshot["config"], thread_id: string): CheckpointRef {
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
