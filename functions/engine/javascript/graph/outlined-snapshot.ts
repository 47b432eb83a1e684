/**
 * LangGraph's snapshot of a checkpoint, from its outline and pending writes: what `getState` of the graph returns, or undefined where only
 * the graph knows. The rules are those of LangGraph since 1.0.
 */
import type { CheckpointHead } from "../../../core/checkpoint/checkpoint-port.ts";
import { orderWrites } from "../../checkpoint/order-writes.ts";
import type { Outline, OutlinedTask } from "../../checkpoint/outline.ts";
import { hasParents, type OutlinedHead } from "../../checkpoint/outlined-head.ts";
import { NULL_TASK_ID } from "../../checkpoint/own-names.ts";
import { readCheckpoint, readMetadata, type ReadValue } from "../checkpoint/value-reader.ts";
import { type Features, type GraphConfig, isObject, type StateSnapshot } from "../langgraph.ts";
import { isSilent, taskSnapshot, UNAPPLIED, type Write } from "./outlined-task.ts";

/** @returns undefined where the graph has to apply writes to its channels, or to put interrupts of subgraphs in order */
export async function outlinedSnapshot(
  { head, writes, outline, isNewest }: OutlinedHead,
  { read, features }: { read: ReadValue; features: Features },
): Promise<StateSnapshot | undefined> {
  const { thread_id, ns: checkpoint_ns, checkpoint_id, parent_id } = head;
  const pending = orderWrites(writes);
  const writesOf = ([id]: OutlinedTask) => pending.filter(({ task_id }) => task_id === id);
  const applied = [...(isNewest ? outline.tasks.flatMap(writesOf) : []), ...pending.filter(isNobodys)];
  if (!applied.every(isSilent) || hasParents(head)) return undefined;

  const { shown } = outline;
  const tasks = await Promise.all(
    outline.tasks.map(async (task) => {
      const loaded = writesOf(task).map(async ({ channel, value }): Promise<Write> => [channel, await read(value)]);
      return taskSnapshot(task, await Promise.all(loaded), { thread_id, shown, features });
    }),
  );
  const hasSubgraphs = outline.tasks.some(([, , , nested]) => nested);
  if (hasSubgraphs && tasks.some(({ interrupts = [] }) => interrupts.length > 1)) return undefined;

  const [{ ts }, values, metadata] = await Promise.all([
    readCheckpoint(read, head),
    shownValues(read, head, outline),
    readMetadata(read, head.metadata),
  ]);
  const isStarted = (task: OutlinedTask): boolean =>
    isNewest && writesOf(task).some(({ channel }) => !UNAPPLIED.has(channel));
  const address = { thread_id, checkpoint_ns };
  return {
    values,
    next: outline.tasks.filter((task) => !isStarted(task)).map(([, name]) => name),
    tasks,
    metadata: { ...(isObject(metadata) ? metadata : {}), thread_id },
    config: { configurable: { ...address, checkpoint_id } },
    ...(parent_id !== undefined && { parentConfig: { configurable: { ...address, checkpoint_id: parent_id } } }),
    ...(typeof ts === "string" && { createdAt: ts }),
  };
}

/** Of a thread without the checkpoint that is asked for. */
export const emptySnapshot = (config: GraphConfig): StateSnapshot => ({ values: {}, next: [], tasks: [], config });

/** Writes of the caller, not of a task. LangGraph applies them before it looks for tasks. */
const isNobodys = ({ task_id }: { task_id: string }): boolean => task_id === NULL_TASK_ID;

/** What `getState` shows as values, before the writes of tasks. */
export async function shownValues(
  read: ReadValue,
  { channels }: CheckpointHead,
  { shown, defaults }: Outline,
): Promise<unknown> {
  const valueOf = async (name: string): Promise<unknown> => {
    const stored = Object.hasOwn(channels, name) ? channels[name] : undefined;
    const value = stored && (await read(stored));
    return value === undefined && Object.hasOwn(defaults, name) ? defaults[name] : value;
  };
  if (typeof shown === "string") return (await valueOf(shown)) ?? null;
  const values = await Promise.all(shown.map(async (name) => [name, await valueOf(name)] as const));
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}
