/** A task of a checkpoint as LangGraph's snapshots show it, from its outline and what it has written so far. */
import type { Outline, OutlinedTask } from "../../checkpoint/outline.ts";
import { ERROR, INTERRUPT, RESUME } from "../../checkpoint/own-names.ts";
import type { Features, TaskSnapshot } from "../langgraph.ts";

/** A pending write, loaded. */
export type Write = [channel: string, value: unknown];

const RETURN = "__return__";
const ERROR_SOURCE = "__error_source_node__";

/** `getState` does not apply them: a task that has written nothing else is still among the next. */
export const UNAPPLIED = new Set([ERROR, INTERRUPT, "__scheduled__"]);
/** They change no channel of a graph. */
const SILENT = new Set([...UNAPPLIED, RESUME, RETURN, ERROR_SOURCE, "__no_writes__"]);
/** They are no result of a task. */
const NO_OUTPUT = new Set([ERROR, INTERRUPT, RESUME, ERROR_SOURCE]);

/** Whether a write changes no value of the state. */
export const isSilent = ({ channel }: { channel: string }): boolean => SILENT.has(channel);

export function taskSnapshot(
  [id, name, path, nested]: OutlinedTask,
  writes: readonly Write[],
  { thread_id, shown, features }: { thread_id: string; shown: Outline["shown"]; features: Features },
): TaskSnapshot {
  const error = writes.find(([channel]) => channel === ERROR)?.[1];
  const interrupts = writes.filter(([channel]) => channel === INTERRUPT).flatMap(([, value]) => value);
  const showsResult = features.resultsOfAnswered || !(error || interrupts.length > 0);
  const result = showsResult ? resultOf(writes, shown) : undefined;
  const state = nested ? { configurable: { thread_id, checkpoint_ns: `${name}:${id}` } } : undefined;
  return { id, name, path, interrupts, result, ...(error ? { error } : { state }) };
}

/** What a task has written to the state, by channel. Several writes to one channel are `$writes`, as in LangGraph. */
function resultOf(writes: readonly Write[], shown: Outline["shown"]): unknown {
  if (writes.every(([channel]) => NO_OUTPUT.has(channel))) return undefined;
  const returned = writes.find(([channel]) => channel === RETURN);
  if (returned) return returned[1];
  if (typeof shown === "string") return writes.find(([channel]) => channel === shown)?.[1];
  const byChannel = Map.groupBy(
    writes.filter(([channel]) => shown.includes(channel)),
    ([channel]) => channel,
  );
  if (byChannel.size === 0) return undefined;
  return Object.fromEntries(
    [...byChannel].map(([channel, written]) => {
      const values = written.map(([, value]) => value);
      return [channel, values.length === 1 ? values[0] : { $writes: values }];
    }),
  );
}
