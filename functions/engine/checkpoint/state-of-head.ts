/** The state at a stored head, as the API shows it, of what was found there without the graph. */
import type { CheckpointHead } from "../../core/checkpoint/checkpoint-port.ts";
import type { ThreadState } from "../../protocol/thread.ts";

/** `ts`: when the checkpoint was made; anything but a text is not shown. */
export type FoundState = Pick<ThreadState, "values" | "next" | "tasks" | "metadata"> & { ts: unknown };

export const stateOfHead = (
  { thread_id, ns: checkpoint_ns, checkpoint_id, parent_id }: CheckpointHead,
  { ts, ...found }: FoundState,
): ThreadState => ({
  ...found,
  created_at: typeof ts === "string" ? ts : null,
  checkpoint: { thread_id, checkpoint_ns, checkpoint_id },
  parent_checkpoint: parent_id === undefined ? null : { thread_id, checkpoint_ns, checkpoint_id: parent_id },
  interrupts: found.tasks.flatMap(({ interrupts }) => interrupts),
  checkpoint_id,
  parent_checkpoint_id: parent_id ?? null,
});
