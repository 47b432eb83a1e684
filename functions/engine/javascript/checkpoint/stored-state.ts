/** The state as it is stored, without a graph: for states that the graph cannot compute, and for graphs that are not served any more. */
import type { CheckpointHead, CheckpointStore, TaskWrites } from "../../../core/checkpoint/checkpoint-port.ts";
import { emptyState } from "../../../core/checkpoint/read-state.ts";
import type { StateQuery } from "../../../core/run/execute/engine-port.ts";
import type { Json } from "../../../protocol/json.ts";
import type { HistoryQuery, ThreadState, ThreadTask } from "../../../protocol/thread.ts";
import { nextNodes } from "../../graph/resume-point.ts";
import { interruptsOf, isDone } from "../graph/waiting-tasks.ts";
import { isObject } from "../langgraph.ts";
import { orderWrites } from "../../checkpoint/order-writes.ts";
import { INTERRUPT } from "../../checkpoint/own-names.ts";
import { stateOfHead } from "../../checkpoint/state-of-head.ts";
import { readValues } from "./read-values.ts";
import { readCheckpoint, type ReadValue } from "./value-reader.ts";

export interface Stored {
  checkpoints: CheckpointStore;
  read: ReadValue;
}

export async function storedState(stored: Stored, query: StateQuery): Promise<ThreadState> {
  const { thread_id, checkpoint: asked } = query;
  const head = await stored.checkpoints.head(thread_id, asked?.checkpoint_ns ?? "", asked?.checkpoint_id);
  return head ? stateAt(stored, head, { isThreads: asked?.checkpoint_id === undefined }) : emptyState(thread_id, asked);
}

export async function storedHistory(stored: Stored, query: StateQuery & HistoryQuery): Promise<ThreadState[]> {
  const { thread_id, checkpoint: asked, before, limit, metadata } = query;
  if (asked?.checkpoint_id) {
    const state = await storedState(stored, query);
    return state.created_at === null ? [] : [state];
  }
  const heads = stored.checkpoints.heads(thread_id, {
    ns: asked?.checkpoint_ns ?? "",
    limit,
    ...(before?.checkpoint_id && { before: before.checkpoint_id }),
    ...(metadata && { metadata }),
  });
  const states: ThreadState[] = [];
  for await (const head of heads) states.push(await stateAt(stored, head, { isThreads: false }));
  return states;
}

/** @param isThreads the head is the thread's newest: tasks done since then count, as in LangGraph */
async function stateAt(
  { checkpoints, read }: Stored,
  head: CheckpointHead,
  { isThreads }: { isThreads: boolean },
): Promise<ThreadState> {
  const writes = await checkpoints.writes(head.thread_id, head.ns, head.checkpoint_id);
  const tasks = await askingTasks(read, writes);
  const { ts } = await readCheckpoint(read, head);
  const values = await storedValues(read, head);
  return stateOfHead(head, { values, next: nextOf(head, isThreads ? writes : []), tasks, metadata: head.metadata, ts });
}

const START = "__start__";

/** Nodes that are still to run. */
function nextOf(head: CheckpointHead, writes: readonly TaskWrites[]): string[] {
  const done = writes.filter(isDone).map(({ task_path }) => nodeIn(task_path));
  const next = nextNodes(head).filter((node) => !done.includes(node));
  return Object.hasOwn(head.channels, START) ? [START, ...next] : next;
}

/** Channels whose value is the whole state: of graphs without named channels, and of functional ones. */
const WHOLE = ["__root__", "__end__"];

/** LangGraph's own channels, which readers are not shown. Older versions have one for each node. */
const isOwn = (channel: string, nodes: object): boolean =>
  /^(__|(branch|join|start):)/.test(channel) || Object.hasOwn(nodes, channel);

/** What the checkpoint alone contains. A channel that stores differences is left out: only its graph can compute it. */
export async function storedValues(read: ReadValue, head: CheckpointHead): Promise<Json> {
  const { versions_seen } = await readCheckpoint(read, head);
  const nodes = isObject(versions_seen) ? versions_seen : {};
  const names = Object.keys(head.channels).filter((channel) => !isOwn(channel, nodes));
  const whole = names.length === 0 ? WHOLE.find((channel) => Object.hasOwn(head.channels, channel)) : undefined;
  if (whole !== undefined) return (await readValues(read, head, whole)) ?? {};
  const values = await Promise.all(names.map((name) => readValues(read, head, [name])));
  return Object.assign({}, ...values);
}

/** Tasks that were interrupted and not answered. */
async function askingTasks(read: ReadValue, writes: readonly TaskWrites[]): Promise<ThreadTask[]> {
  const waiting = writes.filter((task) => !isDone(task));
  const paths = new Map(waiting.map(({ task_id, task_path }) => [task_id, task_path]));
  const asked = orderWrites(waiting).filter(({ channel }) => channel === INTERRUPT);
  return Promise.all(
    asked.map(async ({ task_id: id, value }) => {
      const name = nodeIn(paths.get(id) ?? "");
      const interrupts = interruptsOf({ id, interrupts: [await read(value)].flat() });
      return { id, name, error: null, interrupts, checkpoint: null, state: null };
    }),
  );
}

/** `~__pregel_pull, ask`: only tasks that an edge has triggered have their node's name there. */
const nodeIn = (task_path: string): string => /^~?__pregel_pull, (.+)$/.exec(task_path)?.[1] ?? "";
