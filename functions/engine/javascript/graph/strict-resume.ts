/** `strict_resume` (Agent Server API): a resume must answer interrupts that wait, else its run fails and the thread stays as it was. */
import type { CheckpointStore } from "../../../core/checkpoint/checkpoint-port.ts";
import { answeredIds } from "../../../core/run/execute/answered-ids.ts";
import type { RunKwargs } from "../../../protocol/run.ts";
import type { Graph, GraphConfig } from "../langgraph.ts";
import { withOrderedInterrupts } from "./order-interrupts.ts";
import { waitingTasks } from "./waiting-tasks.ts";

/** Keys of the end that a thread's stream tells: by them SDKs show again what waits. */
export interface Refusal {
  reason: "not_pending";
  interrupt_ids: string[];
  pending_ids: string[];
}

export class UnknownInterruptError extends Error {
  override name = "UnknownInterruptError";
  readonly refusal: Refusal;

  constructor(message: string, { answered, waiting }: { answered: string[]; waiting: ReadonlySet<string> }) {
    super(message);
    this.refusal = { reason: "not_pending", interrupt_ids: answered, pending_ids: [...waiting] };
  }
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
  const answered = answeredIds({ command });
  const unknown = answered.filter((id) => !waiting.has(id));
  if (unknown.length > 0)
    throw new UnknownInterruptError(`The interrupt ${unknown[0]} does not wait for an answer`, {
      answered: unknown,
      waiting,
    });
  if (waiting.size === 0) throw new UnknownInterruptError("No interrupt waits for an answer", { answered, waiting });
}
