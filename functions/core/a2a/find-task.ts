/**
 * A task is a run, and after questions of the graph the runs that went on with the answers: all on one thread, its context. Its id is that
 * of the first run. A task belongs to the assistant of the run: under another one it does not exist.
 */
import { Uuid } from "../../protocol/json.ts";
import type { Ports } from "../ports.ts";
import { findRun } from "../run/read-runs.ts";
import { isFinal, type RunRow } from "../run/run-row.ts";

/** In the metadata of a run that goes on with a task: the task's id. */
export const TASK_KEY = "a2a_task_id";

export interface TaskRun {
  task_id: string;
  /** The newest of the task. */
  run: RunRow;
}

/** @param task_id also in the form of the official server, `<thread>:<run>` */
export async function findTask(
  ports: Pick<Ports, "runs" | "logger">,
  { task_id, assistant_id }: { task_id: string; assistant_id: string },
): Promise<TaskRun | undefined> {
  const run_id = Uuid.safeParse(task_id.split(":").at(-1)).data;
  const thread_id = run_id === undefined ? undefined : await ports.runs.threadOf(run_id);
  if (run_id === undefined || thread_id === undefined) return undefined;
  if (task_id.includes(":") && task_id.split(":")[0]?.toLowerCase() !== thread_id) return undefined;
  const first = await findRun(ports, { thread_id, run_id });
  if (first?.assistant_id !== assistant_id) return undefined;
  // Only a run that has asked can have others after it, so only then is the list read.
  if (!hasAsked(first)) return { task_id: run_id, run: first };
  const leftOut = (error: unknown): void =>
    ports.logger.error("a run is left out of its task", { thread_id, error: String(error) });
  const runs = await ports.runs.list(thread_id, leftOut);
  const newest = runs.find(({ metadata, gen }) => metadata[TASK_KEY] === run_id && gen === first.gen);
  return { task_id: run_id, run: newest ?? first };
}

/** It has stopped at a question. Questions that are too large for the row are not on it. */
export const hasAsked = (run: RunRow): boolean =>
  isFinal(run) && run.status === "success" && (!run.interrupts || Object.keys(run.interrupts).length > 0);
