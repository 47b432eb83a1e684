/** A run's answers after an earlier claim has used some of them. */
import { isJsonObject } from "../../../protocol/json.ts";
import type { RunKwargs } from "../../../protocol/run.ts";
import type { CheckpointStore } from "../../../core/checkpoint/checkpoint-port.ts";
import { NO_ANSWER } from "../../graph/used-answers.ts";
import type { Graph } from "../langgraph.ts";
import { pauseOf } from "./graph-state.ts";

/** With those answers alone whose interrupts still wait. Only answers by interrupt can be several. */
export async function withOpenAnswers(
  graph: Graph,
  { input, command }: RunKwargs,
  at: { thread_id: string; store: Pick<CheckpointStore, "writes"> },
): Promise<Pick<RunKwargs, "input" | "command">> {
  if (!command) return { input, command };
  const { interrupts } = await pauseOf(graph, at.thread_id, at.store);
  const waiting = new Set(Object.values(interrupts).flatMap((ofTask) => ofTask.map(({ id }) => id)));
  const byId = isJsonObject(command.resume) ? Object.entries(command.resume) : [];
  const open = byId.filter(([id]) => waiting.has(id));
  return { input, command: { ...command, resume: open.length > 0 ? Object.fromEntries(open) : NO_ANSWER } };
}
