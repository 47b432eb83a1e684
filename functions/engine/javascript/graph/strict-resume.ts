/** `strict_resume` (Agent Server API): a resume must answer interrupts that wait, else its run fails and the thread stays as it was. */
import type { CheckpointStore } from "../../../core/checkpoint/checkpoint-port.ts";
import type { RunKwargs } from "../../../protocol/run.ts";
import { type Graph, type GraphConfig, isObject } from "../langgraph.ts";
import { withOrderedInterrupts } from "./order-interrupts.ts";
import { waitingTasks } from "./waiting-tasks.ts";

export class UnknownInterruptError extends Error {
  override name = "UnknownInterruptError";
}

/** @throws UnknownInterruptError */
export async function checkAnswers(
  graph: Graph,
  { command, strict_resume }: RunKwargs,
  { configurable }: GraphConfig,
  at: { thread_id: string; store: Pick<CheckpointStore, "writes"> },
): Promise<void> {
  if (!strict_resume || command?.resume === undefined) return;
  const snapshot = await withOrderedInterrupts(graph, await graph.getState({ configurable }));
  const { interrupts } = await waitingTasks(snapshot, at.thread_id, at.store);
  const waiting = new Set([...interrupts.values()].flat().map(({ id }) => id));
  const unknown = answeredIds(command.resume).find((id) => !waiting.has(id));
  if (unknown !== undefined) throw new UnknownInterruptError(`The interrupt ${unknown} does not wait for an answer`);
  if (waiting.size === 0) throw new UnknownInterruptError("No interrupt waits for an answer");
}

/** LangGraph takes an object for answers by id if all its keys look like ids. */
const answeredIds = (resume: unknown): string[] => {
  const keys = isObject(resume) && !Array.isArray(resume) ? Object.keys(resume) : [];
  return keys.every((key) => /^[0-9a-f]{32}$/.test(key)) ? keys : [];
};
