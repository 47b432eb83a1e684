/** Runs that a person starts beside one that is there: an answer to an interrupt, and a run from an earlier checkpoint. */
import type { Json } from "../functions/protocol/json.ts";
import type { Run, StreamMode } from "../functions/protocol/run.ts";
import { goTo } from "./address.ts";
import { createRun, type NewRun, searchAssistants } from "./api/runs.ts";
import { runs, state, thread } from "./open-thread.ts";

/** What a run tells, unless a person chooses. */
export const STREAM_MODES: StreamMode[] = ["values", "updates", "messages-tuple", "custom", "tasks"];

/** As the newest run of the thread was asked for. @throws Error for a thread without a graph */
async function likeBefore(): Promise<Pick<NewRun, "assistant_id" | "stream_mode" | "stream_subgraphs">> {
  const before = runs.value[0];
  if (before) {
    const { stream_mode = STREAM_MODES, subgraphs = false } = before.kwargs;
    return { assistant_id: before.assistant_id, stream_mode, stream_subgraphs: subgraphs };
  }
  const graph_id = thread.value?.metadata["graph_id"];
  const assistant = (await searchAssistants()).find((one) => one.graph_id === graph_id);
  if (!assistant) throw new Error("The thread has no graph yet: start a run on it.");
  return { assistant_id: assistant.assistant_id, stream_mode: STREAM_MODES };
}

async function start(fields: Partial<NewRun>): Promise<Run> {
  const thread_id = thread.value?.thread_id ?? "";
  const run = await createRun(thread_id, { ...(await likeBefore()), ...fields });
  goTo({ run: run.run_id, isNew: false });
  return run;
}

/** @param answers by the id of the interrupt; with one interrupt the answer itself is sent, which every LangGraph takes */
export function answer(answers: ReadonlyMap<string, Json>): Promise<Run> {
  const [only] = answers.values();
  const whole = Object.fromEntries(answers);
  const isOnly = state.value?.interrupts.length === 1;
  return start({ command: { resume: isOnly && only !== undefined ? only : whole } });
}

/** Goes on from a checkpoint with what is stored there, as a fork unless it is the newest. */
export const runFrom = (checkpoint_id: string): Promise<Run> => start({ input: null, checkpoint: { checkpoint_id } });
