/**
 * Runs from a checkpoint that an update has made. From others LangGraph puts a root head before the first superstep, from these only after
 * it. Asked for the checkpoint again, by the next claim, it would do all tasks of that superstep again.
 */
import type { CheckpointHead, CheckpointStore } from "../../core/checkpoint/checkpoint-port.ts";
import type { Invocation } from "../../core/run/execute/engine-port.ts";
import type { ClaimNumber } from "../../core/run/run-row.ts";
import { isJsonObject } from "../../protocol/json.ts";
import { NULL_TASK_ID } from "../checkpoint/own-names.ts";

/** Whether the run was handed over in its first superstep, which began at this head, the thread's newest. Then it goes on there. */
export async function hasBegunAt(
  { ns, checkpoint_id }: CheckpointHead,
  { claim, thread_id, handed_off, kwargs }: Invocation,
  store: Pick<CheckpointStore, "heads" | "writes">,
): Promise<boolean> {
  const { configurable } = kwargs.config;
  const selected = isJsonObject(configurable) ? configurable : {};
  const asks = kwargs.input === null && kwargs.command === null && selected["checkpoint_id"] === checkpoint_id;
  if (!handed_off || !asks || (selected["checkpoint_ns"] ?? "") !== "") return false;
  const isOfRun = (put: { claim?: ClaimNumber }): boolean => put.claim?.log_start === claim.log_start;
  if ((await store.writes(thread_id, ns, checkpoint_id)).some(isOfRun)) return true;
  for await (const head of store.heads(thread_id, {})) {
    if (isOfRun(head)) return true;
    if (head.ns === ns) return false;
  }
  return false;
}

/** Without what other runs have done from the head: this one does it anew. What the update itself has left is of no task. */
export function withoutOtherRuns(
  store: CheckpointStore,
  { ns, checkpoint_id }: CheckpointHead,
  { log_start }: ClaimNumber,
): CheckpointStore {
  return {
    ...store,
    writes: async (thread_id, ofNs, ofHead) => {
      const tasks = await store.writes(thread_id, ofNs, ofHead);
      if (ofNs !== ns || ofHead !== checkpoint_id) return tasks;
      return tasks.filter(({ claim, task_id }) => claim?.log_start === log_start || task_id === NULL_TASK_ID);
    },
  };
}
