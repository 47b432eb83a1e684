/** A task as it stands: its state by the run's row, its messages and its answer by the checkpoint. */
import { HISTORY_MESSAGES, type Message, type Part, type Task, type TaskState } from "../../protocol/a2a.ts";
import { isJsonObject, type Json } from "../../protocol/json.ts";
import type { Ports } from "../ports.ts";
import { readKwargs } from "../run/read-runs.ts";
import { runResult } from "../run/run-result.ts";
import { type FinishedRun, isFinal, type RunRow } from "../run/run-row.ts";
import { hasAsked, type TaskRun } from "./find-task.ts";
import { answerOf, artifactOf, historyOf, partOf, type TaskIds } from "./task-messages.ts";

/** @param length of the history, its newest messages */
export async function readTask(ports: Ports, task: TaskRun, length = HISTORY_MESSAGES): Promise<Task> {
  const { run } = task;
  const ids = idsOf(task);
  const state = stateOf(run);
  const ended = isFinal(run) ? await endOf(ports, run) : undefined;
  const messages = ended ? messagesIn(ended.values) : await givenMessages(ports, run);
  const said = ended && statusParts(run, ended);
  const answer = state === "completed" && ended ? answerOf(ended.values) : undefined;
  return {
    kind: "task",
    id: ids.taskId,
    contextId: ids.contextId,
    status: {
      state,
      timestamp: isFinal(run) ? run.ended_at : run.updated_at,
      ...(said && { message: agentMessage(said, run, ids) }),
    },
    history: length === 0 ? [] : historyOf(messages, ids).slice(-length),
    artifacts: answer ? [artifactOf(answer, run)] : [],
  };
}

export const idsOf = ({ task_id, run }: TaskRun): TaskIds => ({ taskId: task_id, contextId: run.thread_id });

export function stateOf(run: RunRow): TaskState {
  if (run.status === "pending") return "submitted";
  if (run.status === "running") return "working";
  if (hasAsked(run)) return "input-required";
  if (run.status === "success") return "completed";
  return run.status === "error" ? "failed" : "canceled";
}

export const agentMessage = (parts: Part[], { run_id }: RunRow, ids: TaskIds): Message => ({
  kind: "message",
  role: "agent",
  parts,
  messageId: run_id,
  ...ids,
});

interface End {
  values: Json;
  interrupts: Json[];
}

async function endOf(ports: Ports, run: FinishedRun): Promise<End> {
  if (run.status === "error") return { values: await ports.engine.values(run.thread_id, run.head), interrupts: [] };
  const result = await runResult(ports, run);
  if (!isJsonObject(result)) return { values: result, interrupts: [] };
  const { __interrupt__: interrupts, ...values } = result;
  return { values, interrupts: Array.isArray(interrupts) ? interrupts : [] };
}

/** What the graph asks, each with the id that an answer can name; or why the run has failed. */
function statusParts(run: RunRow, { interrupts }: End): Part[] | undefined {
  if (isFinal(run) && run.status === "error" && run.error)
    return [{ kind: "text", text: `${run.error.error}: ${run.error.message}` }];
  const asked = interrupts
    .filter(isJsonObject)
    .map(({ id = null, value = null }) => partOf(value, { interrupt_id: id }));
  return asked.length > 0 ? asked : undefined;
}

const messagesIn = (values: Json): Json | undefined => (isJsonObject(values) ? values["messages"] : undefined);

/** Of a run that has not ended: what it was given. */
async function givenMessages(ports: Ports, run: RunRow): Promise<Json | undefined> {
  const kwargs = await readKwargs(ports, run);
  return messagesIn(kwargs?.input ?? null);
}
