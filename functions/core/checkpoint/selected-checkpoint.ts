/**
 * The checkpoint that a run is asked to start from: which one the request names, and whether it exists (Agent Server API). If it did not
 * exist, LangGraph would start from an empty state and the thread would lose its history.
 */
import { isJsonObject, type Json, type JsonObject } from "../../protocol/json.ts";
import type { RunCreate, RunKwargs } from "../../protocol/run.ts";
import { CheckpointSelector, type ErrorDetail } from "../../protocol/thread.ts";
import type { CheckpointStore } from "./checkpoint-port.ts";

/** Keys of `configurable` that select a checkpoint. `thread_ts` is the name of `checkpoint_id` in old clients. */
const SELECTORS = new Set(["checkpoint_id", "checkpoint_ns", "checkpoint_map", "thread_ts"]);
export const isSelector = (key: string): boolean => SELECTORS.has(key);

/**
 * For `configurable`: what the body names, else what its config names. `{}` means: continue from the thread's newest checkpoint. A node may
 * pass on its own config; the checkpoint named there is the calling graph's and is ignored.
 */
export function selectionOf({ checkpoint, checkpoint_id, config }: RunCreate): JsonObject {
  const named = selection({ ...checkpoint, checkpoint_id: checkpoint?.checkpoint_id ?? checkpoint_id });
  const { configurable, metadata } = config ?? {};
  const isOfNode = isJsonObject(metadata) && metadata["langgraph_node"] !== undefined;
  if (Object.keys(named).length > 0 || isOfNode || !isJsonObject(configurable)) return named;
  const { checkpoint_id: id = configurable["thread_ts"] } = configurable;
  return selection(CheckpointSelector.parse({ ...configurable, checkpoint_id: id }));
}

/** A namespace alone selects nothing: LangGraph starts at the root. */
function selection({ checkpoint_id, checkpoint_ns, checkpoint_map }: Partial<CheckpointSelector>): JsonObject {
  if (!checkpoint_id && !checkpoint_map) return {};
  return {
    ...(checkpoint_id && { checkpoint_id }),
    ...(checkpoint_ns && { checkpoint_ns }),
    ...(checkpoint_map && { checkpoint_map }),
  };
}

/** What is wrong with the selection, undefined if every checkpoint that it names is there. */
export async function missingCheckpoint(
  { checkpoints }: { checkpoints: Pick<CheckpointStore, "exists"> },
  thread_id: string,
  selected: unknown,
): Promise<string | undefined> {
  for (const [ns, id] of namedIn(selected)) {
    if (await checkpoints.exists(thread_id, ns, id)) continue;
    const where = ns === "" ? "" : ` of the subgraph "${ns}"`;
    return `Checkpoint ${id}${where} not found on the run's thread`;
  }
  return undefined;
}

export const selectedIn = ({ config }: Pick<RunKwargs, "config">): Json | undefined => config["configurable"];

/** Namespace and id. */
function namedIn(selected: unknown): [ns: string, checkpoint_id: string][] {
  const parsed = CheckpointSelector.safeParse(selected);
  if (!parsed.success) return [];
  const { checkpoint_id, checkpoint_ns = "", checkpoint_map = {} } = parsed.data;
  const named: [string, string][] = checkpoint_id ? [[checkpoint_ns, checkpoint_id]] : [];
  return [...named, ...Object.entries(checkpoint_map)];
}

/** Ends a run whose checkpoint was removed after the run was created, by a rollback of the run that had made it. */
export const checkpointGone = (message: string): ErrorDetail => ({ error: "CheckpointNotFound", message });
