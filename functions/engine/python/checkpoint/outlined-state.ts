/**
 * The state of a thread of Python from a head's outline and pending writes: what `state.py` makes of LangGraph's snapshot, or undefined
 * where only the graph knows. The rules are those of LangGraph since 1.0, where all its versions agree.
 */
import type { ChannelValue, CheckpointHead } from "../../../core/checkpoint/checkpoint-port.ts";
import { emptyState } from "../../../core/checkpoint/read-state.ts";
import { isJsonObject, type Json, type JsonObject } from "../../../protocol/json.ts";
import type { Interrupt, ThreadState, ThreadTask } from "../../../protocol/thread.ts";
import { orderWrites } from "../../checkpoint/order-writes.ts";
import type { Outline, OutlinedTask } from "../../checkpoint/outline.ts";
import { hasParents, type OutlinedHead } from "../../checkpoint/outlined-head.ts";
import { ERROR, INTERRUPT, NULL_TASK_ID, RESUME } from "../../checkpoint/own-names.ts";
import { isExactlyReadable, pythonValue } from "../../checkpoint/python-value.ts";
import { stateOfHead } from "../../checkpoint/state-of-head.ts";
import { type ErrorText, HIDDEN } from "../../graph/shown-errors.ts";

type Write = ReturnType<typeof orderWrites>[number];

const RETURN = "__return__";
/** A task that has written nothing else is not done. */
const SPECIAL = new Set([ERROR, INTERRUPT, RESUME, "__scheduled__", "__error_source_node__"]);

export function outlinedState(at: OutlinedHead, text: ErrorText): ThreadState | undefined {
  const { head, outline, isNewest } = at;
  const { thread_id, metadata } = head;
  const pending = orderWrites(at.writes);
  const writesOf = ([id]: OutlinedTask): Write[] => pending.filter(({ task_id }) => task_id === id);
  if (hasParents(head) || !outline.tasks.every((task) => isClear(writesOf(task), isNewest))) return undefined;
  const callers = pending.filter(({ task_id }) => task_id === NULL_TASK_ID);
  if (callers.some(({ channel }) => isNewest || channel !== RESUME)) return undefined;
  const shown = [...Object.values(head.channels), head.checkpoint, ...pending.map(({ value }) => value)];
  if (!shown.every(isExactlyReadable)) return undefined;

  const tasks = outline.tasks.map((task) => taskOf(task, writesOf(task), { thread_id, shown: outline.shown, text }));
  const waits = tasks.some(({ interrupts }) => interrupts.length > 0);
  const next = outline.tasks.filter((task) => !waits || !isDone(writesOf(task)));
  const { ts } = objectOf(head.checkpoint);
  return stateOfHead(head, {
    values: valuesOf(head, outline),
    next: next.map(([, name]) => name),
    tasks,
    metadata: metadata["checkpoint_ns"] === "" ? without(metadata, "checkpoint_ns") : metadata,
    ts,
  });
}

/** Of a thread without checkpoints, with the ids that a graph's snapshot has. */
export const stateWithoutHead = (thread_id: string): ThreadState => ({
  ...emptyState(thread_id),
  checkpoint_id: null,
  parent_checkpoint_id: null,
});

const isDone = (writes: readonly Write[]): boolean => writes.some(({ channel }) => !SPECIAL.has(channel));

/** Not where the graph's reducers have to be applied, nor where versions of LangGraph see a task that was answered differently. */
const isClear = (writes: readonly Write[], isNewest: boolean): boolean =>
  isDone(writes)
    ? !isNewest && !writes.some(({ channel }) => channel === ERROR)
    : !writes.some(({ channel }) => channel === RESUME);

function taskOf(
  [id, name, path, nested]: OutlinedTask,
  writes: readonly Write[],
  { thread_id, shown, text }: { thread_id: string; shown: Outline["shown"]; text: ErrorText },
): ThreadTask {
  const error = writes.find(({ channel }) => channel === ERROR);
  const asked = isDone(writes) ? [] : writes.filter(({ channel }) => channel === INTERRUPT);
  const result = isDone(writes) ? resultOf(writes, shown) : null;
  return {
    id,
    name,
    path,
    error: error === undefined ? null : text === "hide" ? `Error('${HIDDEN}')` : String(pythonValue(error.value)),
    interrupts: asked.flatMap(({ value }) => [jsonOf(value)].flat()).map((interrupt) => interruptOf(interrupt, id)),
    checkpoint: nested ? { thread_id, checkpoint_ns: `${name}:${id}`, checkpoint_id: null } : null,
    state: null,
    ...(result !== null && { result }),
  };
}

function interruptOf(interrupt: Json, task_id: string): Interrupt {
  const fields = isJsonObject(interrupt) ? interrupt : { value: interrupt };
  const { id, value = null } = fields;
  return { ...fields, value, id: typeof id === "string" ? id : task_id };
}

/** What a task has written to the state, by channel. Several writes to one channel are `$writes`, as in LangGraph. */
function resultOf(writes: readonly Write[], shown: Outline["shown"]): Json {
  const returned = writes.find(({ channel }) => channel === RETURN);
  if (returned) return jsonOf(returned.value);
  const names = [shown].flat();
  const byChannel = Map.groupBy(
    writes.filter(({ channel }) => names.includes(channel)),
    ({ channel }) => channel,
  );
  const result = Object.fromEntries(
    [...byChannel].map(([channel, written]): [string, Json] => {
      const [first = null, ...more] = written.map(({ value }) => jsonOf(value));
      return [channel, more.length === 0 ? first : { $writes: [first, ...more] }];
    }),
  );
  return typeof shown === "string" ? (result[shown] ?? null) : result;
}

function valuesOf({ channels }: CheckpointHead, { shown, defaults }: Outline): Json {
  const values = [shown].flat().flatMap((name): [string, Json][] => {
    const stored = channels[name];
    if (stored) return [[name, jsonOf(stored)]];
    const value = defaults[name];
    return value === undefined ? [] : [[name, value]];
  });
  return typeof shown === "string" ? (values[0]?.[1] ?? null) : Object.fromEntries(values);
}

const jsonOf = (value: ChannelValue): Json => JSON.parse(JSON.stringify(pythonValue(value)) ?? "null") as Json;

function objectOf(value: ChannelValue): JsonObject {
  const json = jsonOf(value);
  return isJsonObject(json) ? json : {};
}

function without(object: JsonObject, name: string): JsonObject {
  const { [name]: _left, ...rest } = object;
  return rest;
}
