/** State and history of a thread. The thread's row names the graph that reads them. */
import type { CheckpointSelector, HistoryQuery, ThreadState } from "../../protocol/thread.ts";
import type { Ports } from "../ports.ts";
import type { StateQuery } from "../run/execute/engine-port.ts";
import { graphOf, type ThreadRow } from "../thread/thread-row.ts";
import { findThread } from "../thread/threads.ts";

type StatePorts = Pick<Ports, "threads" | "engine">;

/** undefined for an unknown thread; an empty state for one that never ran. */
export async function readState(
  ports: StatePorts,
  thread_id: string,
  query: Pick<StateQuery, "checkpoint" | "subgraphs">,
): Promise<ThreadState | undefined> {
  const thread = await findThread(ports, thread_id);
  if (!thread) return undefined;
  const graph_id = graphOf(thread);
  if (isUntouched(thread)) return emptyState(thread_id, query.checkpoint);
  return ports.engine.state({ thread_id, graph_id, ...query });
}

/** No run yet, and no graph is named that could compute the state before the first run. */
const isUntouched = (thread: ThreadRow): boolean => graphOf(thread) === undefined && !thread.head;

/** Newest first; empty for a thread that never ran. */
export async function readHistory(
  ports: StatePorts,
  thread_id: string,
  query: HistoryQuery,
): Promise<ThreadState[] | undefined> {
  const thread = await findThread(ports, thread_id);
  if (!thread) return undefined;
  const graph_id = graphOf(thread);
  if (isUntouched(thread) || query.limit === 0) return [];
  return ports.engine.history({ thread_id, graph_id, ...query });
}

/** RemoteGraph reads `checkpoint`'s keys without asking, so it is never null (Agent Server API). */
export const emptyState = (thread_id: string, asked?: CheckpointSelector): ThreadState => ({
  values: {},
  next: [],
  tasks: [],
  metadata: {},
  created_at: null,
  checkpoint: { thread_id, checkpoint_ns: asked?.checkpoint_ns ?? "", checkpoint_id: asked?.checkpoint_id ?? null },
  parent_checkpoint: null,
  interrupts: [],
});
