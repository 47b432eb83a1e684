/**
 * Orders pending writes and lets special ones overwrite, as LangGraph's saver contract asks. Must not depend on a version of LangGraph:
 * older ones do not export these rules.
 */
import type { TaskWrite, TaskWrites } from "../../core/checkpoint/checkpoint-port.ts";
import { ERROR, INTERRUPT, RESUME } from "./own-names.ts";

/** Channels whose write has a fixed index and is overwritten by the next. */
const SPECIAL = new Map([
  [ERROR, -1],
  ["__scheduled__", -2],
  [INTERRUPT, -3],
  [RESUME, -4],
]);

export const indexOf = (channel: string, position: number): number => SPECIAL.get(channel) ?? position;

export interface PendingWrite extends TaskWrite {
  task_id: string;
}

/** By task path, task id (code points) and index. */
export const orderWrites = (tasks: readonly TaskWrites[]): PendingWrite[] =>
  tasks
    .toSorted((one, other) => compareText(one.task_path, other.task_path) || compareText(one.task_id, other.task_id))
    .flatMap(({ task_id, writes }) =>
      writes.toSorted((one, other) => one.index - other.index).map((write) => ({ ...write, task_id })),
    );

/** Compares by code point, as Python does: `<` differs for characters outside the basic plane. */
function compareText(one: string, other: string): number {
  if (one === other) return 0;
  for (let at = 0; at < one.length && at < other.length; at++) {
    const left = one.codePointAt(at) ?? 0;
    const right = other.codePointAt(at) ?? 0;
    if (left !== right) return left - right;
  }
  return one.length - other.length;
}
