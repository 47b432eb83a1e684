/**
 * What a graph makes of updates by a client: LangGraph's own `updateState`, on a store that the caller may throw away. Must not know rows,
 * nor who else is on the thread.
 */
import type { CheckpointStore } from "../../../core/checkpoint/checkpoint-port.ts";
import { Impossible, Unclear } from "../../../core/failure/failure.ts";
import { GraphError, type UpdateOutcome, type UpdateRequest } from "../../../core/run/execute/engine-port.ts";
import type { NodeUpdate } from "../../../protocol/state-update.ts";
import { createSaver } from "../checkpoint/saver.ts";
import { featuresOf, type Graph, type GraphConfig, type LangGraph, toUpdate } from "../langgraph.ts";
import { createStore } from "../store/store.ts";
import { errorDetail } from "./error-detail.ts";
import { graphInput } from "./graph-input.ts";
import { pauseOf, refOf, stateConfig } from "./graph-state.ts";
import { outlineHeads } from "./outline-heads.ts";
import { equip, type RunDependencies, shownChannels } from "./run-graph.ts";

export async function updateGraph(
  request: UpdateRequest,
  store: CheckpointStore,
  deps: Pick<RunDependencies, "loader" | "items" | "errorText" | "langgraphVersion" | "topologyOf">,
): Promise<UpdateOutcome> {
  const { loader, items, errorText } = deps;
  const { thread_id, graph_id, checkpoint, claim, fresh, newest } = request;
  const { lg, open, graph: shared } = await loader.load(graph_id);
  // A config without metadata describes no run, and its checkpoint would not say whose it is.
  const config = { ...stateConfig(thread_id, graph_id, checkpoint), metadata: { graph_id } };
  const features = featuresOf(deps.langgraphVersion);
  const outlineOf = outlineHeads({ graph: shared, thread_id, topology: deps.topologyOf(graph_id), features });
  const saver = createSaver(lg, {
    store,
    claim,
    fresh,
    ...(newest !== undefined && { newest }),
    ...(outlineOf && { outlineOf }),
  });
  const graph = equip(await open(config, toUpdate), saver, createStore(lg, items));
  try {
    const written = refOf(
      await apply(
        graph,
        config,
        request.supersteps.map(({ updates }) => updates),
        lg,
      ),
      thread_id,
    );
    const { interrupts } = await pauseOf(graph, thread_id, store);
    const root = written.checkpoint_ns === "" ? written.checkpoint_id : null;
    const head = root === null ? {} : { head: { checkpoint_id: root, ...shownChannels(graph) } };
    return { kind: "updated", checkpoint: written, ...head, interrupts };
  } catch (error) {
    if (error instanceof Unclear || error instanceof Impossible || error instanceof GraphError) throw error;
    const { error: name, message } = errorDetail(error, errorText);
    return { kind: "refused", detail: NAMED.has(name) ? message : `${name}: ${message}` };
  }
}

/** Their texts say all. */
const NAMED = new Set(["Error", "InvalidUpdateError"]);

type Steps = readonly (readonly NodeUpdate[])[];

async function apply(graph: Graph, config: GraphConfig, steps: Steps, lg: LangGraph): Promise<GraphConfig> {
  const values = ({ values: given, command }: NodeUpdate): unknown =>
    command === undefined ? given : graphInput({ input: null, command }, lg);
  const supersteps = steps.map((updates) => ({
    updates: updates.map((update) => ({ values: values(update), asNode: update.as_node })),
  }));
  if (graph.bulkUpdateState) return graph.bulkUpdateState(config, supersteps);
  let at = config;
  for (const { updates } of supersteps) {
    const [first, second] = updates;
    if (!first || second) throw new Error("the project's LangGraph applies one update at a time: update it");
    at = { ...config, ...(await graph.updateState(at, first.values, first.asNode)) };
  }
  return at;
}
