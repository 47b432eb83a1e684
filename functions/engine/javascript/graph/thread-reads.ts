/**
 * Reads state, history and values of threads. A graph may take seconds to load, so it is asked only where the outlines of the heads do not
 * say the same. Threads of a graph that is not served any more show what is stored.
 */
import type { CheckpointStore } from "../../../core/checkpoint/checkpoint-port.ts";
import { LOGGED_CHARACTERS } from "../../../core/json/size-limits.ts";
import type { Logger } from "../../../core/ports.ts";
import type { Engine, StateQuery } from "../../../core/run/execute/engine-port.ts";
import type { HeadRef } from "../../../core/thread/thread-row.ts";
import type { Json } from "../../../protocol/json.ts";
import type { Manifest } from "../../../protocol/manifest.ts";
import { rootCheckpoint, type ThreadState } from "../../../protocol/thread.ts";
import { readOnce } from "../checkpoint/read-once.ts";
import { readValues } from "../checkpoint/read-values.ts";
import { storedHistory, storedState, storedValues } from "../checkpoint/stored-state.ts";
import type { ReadValue } from "../checkpoint/value-reader.ts";
import { toPlain } from "../events/to-json.ts";
import type { Graph, GraphConfig, StateSnapshot } from "../langgraph.ts";
import type { ErrorText } from "../../graph/shown-errors.ts";
import { historyOptions, type ServedQuery, stateConfig, threadState } from "./graph-state.ts";
import { withOrderedInterrupts } from "./order-interrupts.ts";
import { outlinedReads } from "./outlined-reads.ts";

export interface ThreadReadsOptions {
  manifest: Pick<Manifest, "graphs" | "langgraph_version">;
  checkpoints: CheckpointStore;
  logger: Logger;
  text: ErrorText;
  read: ReadValue;
  /** Loads the graph if it has to, and gives it this store. */
  open: (graph_id: string, config: GraphConfig, store: CheckpointStore) => Promise<Graph>;
}

export function createThreadReads(options: ThreadReadsOptions): Pick<Engine, "state" | "history" | "values"> {
  const { manifest, checkpoints, logger, text, read, open } = options;
  const outlined = outlinedReads(manifest, read);
  const isServed = (graph_id: unknown): graph_id is string =>
    typeof graph_id === "string" && Object.hasOwn(manifest.graphs, graph_id);
  /** Logs why a state has no tasks and next nodes. */
  const logStored = ({ thread_id, graph_id = "" }: StateQuery): void =>
    logger.warn("state is shown without its graph, which langgraph.json does not name", {
      thread_id,
      graph_id: graph_id.slice(0, LOGGED_CHARACTERS),
    });
  /** The graph's own reducers throw on what a run has written. What was stored can still be shown. */
  const logWithoutTasks = ({ thread_id }: StateQuery, error: unknown): void =>
    logger.warn("state is shown without its tasks", {
      thread_id,
      error: error instanceof Error ? error.name : typeof error,
    });
  const openAt = async ({ thread_id, graph_id, checkpoint }: ServedQuery, store: CheckpointStore) => {
    const config = stateConfig(thread_id, graph_id, checkpoint);
    return { graph: await open(graph_id, config, store), config };
  };
  /** @param graph absent for a snapshot that was made by outlines: its interrupts are in order */
  const shown = async (snapshot: StateSnapshot, { thread_id }: StateQuery, store: CheckpointStore, graph?: Graph) => {
    const asked = graph ?? { getState: () => Promise.resolve(snapshot) };
    return threadState(await withOrderedInterrupts(asked, snapshot), { thread_id, text, store });
  };

  return {
    async state(query) {
      const { graph_id } = query;
      const store = readOnce(checkpoints);
      if (!isServed(graph_id)) {
        const state = await storedState({ checkpoints: store, read }, query);
        if (state.created_at !== null) logStored(query);
        return state;
      }
      const served = { ...query, graph_id };
      const snapshot = await outlined.state(served, store);
      if (snapshot) return shown(snapshot, query, store);
      const { graph, config } = await openAt(served, store);
      try {
        return await shown(await graph.getState(config, { subgraphs: query.subgraphs ?? false }), query, store, graph);
      } catch (error) {
        logWithoutTasks(query, error);
        return storedState({ checkpoints: store, read }, query);
      }
    },
    async history(query) {
      const { graph_id } = query;
      const store = readOnce(checkpoints);
      if (!isServed(graph_id)) {
        const states = await storedHistory({ checkpoints: store, read }, query);
        if (states.length > 0) logStored(query);
        return states;
      }
      const served = { ...query, graph_id };
      const listing = historyOptions(served, query);
      const snapshots = await outlined.history(served, listing, store);
      if (snapshots) return Promise.all(snapshots.map((snapshot) => shown(snapshot, query, store)));
      const { graph, config } = await openAt(served, store);
      const states: ThreadState[] = [];
      try {
        for await (const snapshot of graph.getStateHistory(config, listing))
          states.push(await shown(snapshot, query, store, graph));
        return states;
      } catch (error) {
        logWithoutTasks(query, error);
        return storedHistory({ checkpoints: store, read }, query);
      }
    },
    async values(thread_id, ref) {
      return ref ? valuesAt(thread_id, ref) : null;
    },
  };

  async function valuesAt(thread_id: string, { checkpoint_id, channels }: HeadRef): Promise<Json> {
    const store = readOnce(checkpoints);
    const head = await store.head(thread_id, "", checkpoint_id);
    if (!head) return null;
    const { graph_id } = head.metadata;
    const values =
      (isServed(graph_id) ? await outlined.values(head, graph_id) : undefined) ??
      (channels === undefined ? undefined : await readValues(read, head, channels));
    if (values !== undefined) return values;
    if (!isServed(graph_id)) return storedValues(read, head);
    const { graph, config } = await openAt({ thread_id, graph_id, checkpoint: rootCheckpoint(checkpoint_id) }, store);
    return toPlain((await graph.getState(config)).values, "The thread's values");
  }
}
