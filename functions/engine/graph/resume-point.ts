/** Where a later claim of a run continues, by what earlier claims have stored. */
import type { CheckpointHead, CheckpointStore } from "../../core/checkpoint/checkpoint-port.ts";
import { GraphError, type Invocation } from "../../core/run/execute/engine-port.ts";
import { isJsonObject } from "../../protocol/json.ts";
import { hasBegunAt, withoutOtherRuns } from "./selected-start.ts";
import { hasUsedAnswers, withoutOpenAnswers } from "./used-answers.ts";

/** What earlier claims of a run have left for this one. */
export interface Left {
  /** The root head at which the run goes on. It contains the input, which must not be applied again. */
  head: CheckpointHead | undefined;
  /** A task has used an answer of the run's command. */
  answered: boolean;
  /** The store without what must not be read again. */
  checkpoints: CheckpointStore;
}

export async function leftByEarlierClaims(invocation: Invocation, store: CheckpointStore): Promise<Left> {
  const { claim, thread_id, run_id, fresh } = invocation;
  const nothing: Left = { head: undefined, answered: false, checkpoints: store };
  if (claim.epoch <= 1 || fresh) return nothing;
  const head = await store.head(thread_id, "");
  if (head?.metadata["run_id"] === run_id) return { ...nothing, head };
  if (head && (await hasBegunAt(head, invocation, store)))
    return { ...nothing, head, checkpoints: withoutOtherRuns(store, head, claim) };
  const answered = await hasUsedAnswers(invocation, store);
  return answered ? { ...nothing, answered, checkpoints: withoutOpenAnswers(store) } : nothing;
}

/**
 * Adds the map by which LangGraph finds a subgraph's checkpoint: the checkpoint of each graph around it. Callers may name it by namespace
 * and id alone; without the map LangGraph would start from the thread's newest checkpoint.
 */
export async function withCheckpointMap(invocation: Invocation, store: CheckpointStore): Promise<Invocation> {
  const { thread_id, kwargs } = invocation;
  const { configurable } = kwargs.config;
  if (!isJsonObject(configurable)) return invocation;
  const { checkpoint_ns: ns, checkpoint_id: id, checkpoint_map: given } = configurable;
  if (typeof ns !== "string" || ns === "" || typeof id !== "string" || isJsonObject(given)) return invocation;
  const parents = (await store.head(thread_id, ns, id))?.metadata["parents"];
  const checkpoint_map = { ...(isJsonObject(parents) ? parents : {}), [ns]: id };
  const config = { ...kwargs.config, configurable: { ...configurable, checkpoint_map } };
  return { ...invocation, kwargs: { ...kwargs, config } };
}

/** LangGraph's channel that starts a node, from 0.2.74 on. */
const START_OF = "branch:to:";

/** Names of the nodes that are to run next. */
export const nextNodes = ({ channels }: Pick<CheckpointHead, "channels">): string[] =>
  Object.keys(channels).flatMap((name) => (name.startsWith(START_OF) ? name.slice(START_OF.length) : []));

/**
 * The project may have been deployed again since the checkpoint. If the next node no longer exists, LangGraph finds nothing to do and the
 * run would end as if it were done.
 * @throws naming the node
 */
export function checkNodes({ channels }: CheckpointHead, nodes: readonly string[], graph_id: string): void {
  for (const node of nextNodes({ channels })) {
    if (nodes.includes(node)) continue;
    throw new GraphError(
      `The run was to go on with the node "${node}", which the graph "${graph_id}" does not have any more: the project has changed since.`,
    );
  }
}
