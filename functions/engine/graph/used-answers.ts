/**
 * Answers that an earlier claim of a run has used. LangGraph gives the answer of a resume to the first question that has none, so a later
 * claim would give it to the next question.
 */
import type { CheckpointStore, TaskWrites } from "../../core/checkpoint/checkpoint-port.ts";
import type { Invocation } from "../../core/run/execute/engine-port.ts";
import { NULL_TASK_ID, RESUME } from "../checkpoint/own-names.ts";

/** In JavaScript, answers by interrupt are kept under the interrupt's id. */
const INTERRUPT_ID = /^[0-9a-f]{32}$/;

/** A resume that answers nothing: an id of no interrupt. */
export const NO_ANSWER = { ["0".repeat(32)]: null };

const hasUsed = ({ task_id, writes }: TaskWrites): boolean =>
  task_id !== NULL_TASK_ID && !INTERRUPT_ID.test(task_id) && writes.some(({ channel }) => channel === RESUME);

/**
 * Whether a task has used an answer of this run before. False once the run has put a root head: then its command is not applied again
 * anyway.
 */
export async function hasUsedAnswers(
  { claim, thread_id, kwargs, fresh }: Invocation,
  store: Pick<CheckpointStore, "heads" | "writes">,
): Promise<boolean> {
  if (claim.epoch <= 1 || fresh || (kwargs.command?.resume ?? null) === null) return false;
  const isOfRun = (put: { claim?: Invocation["claim"] }): boolean => put.claim?.log_start === claim.log_start;
  const namespaces = new Set<string>();
  for await (const head of store.heads(thread_id, {})) {
    const { ns, checkpoint_id } = head;
    if (isOfRun(head)) {
      if (ns === "") return false;
      continue;
    }
    // The question was asked at the newest head that is older than the run.
    if (namespaces.has(ns)) continue;
    namespaces.add(ns);
    const tasks = await store.writes(thread_id, ns, checkpoint_id);
    if (tasks.some((task) => isOfRun(task) && hasUsed(task))) return true;
    if (ns === "") return false;
  }
  return false;
}

/** Without the answers that commands have left for whichever task asks first. */
export function withoutOpenAnswers(store: CheckpointStore): CheckpointStore {
  return {
    ...store,
    writes: async (...checkpoint) => {
      const tasks = await store.writes(...checkpoint);
      return tasks.flatMap((task) => {
        if (task.task_id !== NULL_TASK_ID) return task;
        const writes = task.writes.filter(({ channel }) => channel !== RESUME);
        return writes.length > 0 ? { ...task, writes } : [];
      });
    },
  };
}
