/**
 * A checkpoint as it lies in the store, without its graph's help: no tasks, no next nodes. For states that the graph cannot compute.
 * Must not load a graph.
 */
import type { CheckpointStore } from "../core/checkpoint-port.ts";
import type { StateQuery } from "../core/engine-port.ts";
import { emptyState } from "../core/read-state.ts";
import type { ThreadState } from "../protocol/thread.ts";
import type { Bridge } from "./langgraph.ts";
import { readValues } from "./read-values.ts";

/** Channels of LangGraph itself: of no interest to a reader. */
const isOwn = (channel: string): boolean => channel.startsWith("__") || channel.startsWith("branch:");

export async function storedState(
  bridge: Bridge,
  checkpoints: CheckpointStore,
  query: StateQuery,
): Promise<ThreadState> {
  const { thread_id, checkpoint: asked } = query;
  const empty = emptyState(thread_id, asked);
  const head = await checkpoints.head(thread_id, asked?.checkpoint_ns ?? "", asked?.checkpoint_id);
  if (!head) return empty;
  const channels = Object.keys(head.channels).filter((channel) => !isOwn(channel));
  const { ns: checkpoint_ns, checkpoint_id, parent_id } = head;
  return {
    ...empty,
    values: (await readValues(bridge, head, channels)) ?? {},
    metadata: head.metadata,
    checkpoint: { thread_id, checkpoint_ns, checkpoint_id },
    parent_checkpoint: parent_id === undefined ? null : { thread_id, checkpoint_ns, checkpoint_id: parent_id },
    checkpoint_id,
    parent_checkpoint_id: parent_id ?? null,
  };
}
