/**
 * The port Engine over a compiled project. Reads its manifest, and nothing else until a graph is needed. Always uses the project's own copy
 * of LangGraph.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { CheckpointStore } from "../../core/checkpoint/checkpoint-port.ts";
import type { Clock, Logger } from "../../core/ports.ts";
import type { Engine, StateQuery } from "../../core/run/execute/engine-port.ts";
import { LOGGED_CHARACTERS } from "../../core/json/size-limits.ts";
import { projectStore } from "../../core/store/project-store.ts";
import type { ItemStore } from "../../core/store/store-port.ts";
import type { HeadRef } from "../../core/thread/thread-row.ts";
import type { Json } from "../../protocol/json.ts";
import type { CheckpointSelector, HistoryQuery, ThreadState } from "../../protocol/thread.ts";
import { readValues } from "./checkpoint/read-values.ts";
import { createSaver } from "./checkpoint/saver.ts";
import { type Stored, storedHistory, storedState, storedValues } from "./checkpoint/stored-state.ts";
import { toPlain } from "./events/to-json.ts";
import type { ErrorText } from "./graph/error-detail.ts";
import { stateConfig, threadState } from "./graph/graph-state.ts";
import { withOrderedInterrupts } from "./graph/order-interrupts.ts";
import { equip, runGraph } from "./graph/run-graph.ts";
import { sampleInput } from "./graph/sample-input.ts";
import { updateGraph } from "./graph/update-graph.ts";
import { type Graph, type GraphConfig, toRead } from "./langgraph.ts";
import { createLoader } from "./project/load-graph.ts";
import { missingFile } from "./project/missing-file.ts";
import { openProject } from "./project/open-project.ts";
import { whileInUse } from "./project/projects-in-use.ts";
import { renewFailedModules } from "./project/renew-modules.ts";
import { createShapes } from "./shape/shapes.ts";
import { createEmbedder } from "./store/embedder.ts";
import { createStore } from "./store/store.ts";

export interface EngineOptions {
  /** Folder of `manifest.json`. */
  project: string;
  checkpoints: CheckpointStore;
  items: ItemStore;
  logger: Logger;
  clock: Pick<Clock, "monotonic" | "turn">;
  /** Whether clients see the texts of a project's own errors. */
  errorDetail: ErrorText;
  /** Values of variables that the project's graphs need, read before the first of them is loaded. */
  secrets?: () => Promise<Record<string, string>>;
  /** ms that a graph has to load before it counts as failed, until the next try; default GRAPH_LOAD_TIMEOUT. */
  loadTimeoutMs?: number;
}

interface Address extends Pick<StateQuery, "thread_id"> {
  graph_id: string;
  checkpoint?: Partial<CheckpointSelector> | undefined;
}

/** Rejects if the folder has no valid manifest, or with DefaultConfigError. */
export async function createEngine({
  project: folder,
  checkpoints,
  items: kept,
  logger,
  clock,
  errorDetail,
  secrets,
  loadTimeoutMs: timeoutMs,
}: EngineOptions): Promise<Engine> {
  const project = await openProject(folder, logger, secrets);
  const { manifest } = project;
  const { index } = manifest.store;
  const items = projectStore(kept, manifest.store, index && createEmbedder(project, index));
  const loader = createLoader(project, { clock, logger, timeoutMs });
  // A graph may call its own server. A run must not inherit the async context of the node that created it.
  const outside = AsyncLocalStorage.snapshot();

  const openFor = async ({
    thread_id,
    graph_id,
    checkpoint,
  }: Address): Promise<{ graph: Graph; config: GraphConfig }> => {
    const { lg, open } = await loader.load(graph_id);
    const config = stateConfig(thread_id, graph_id, checkpoint);
    const saver = createSaver(lg, { store: checkpoints });
    return { graph: equip(await open(config, toRead), saver, createStore(lg, items)), config };
  };

  const valuesOf = async (thread_id: string, { checkpoint_id, channels }: HeadRef): Promise<Json> => {
    const head = await checkpoints.head(thread_id, "", checkpoint_id);
    if (!head) return null;
    const values = channels === undefined ? undefined : await readValues(await project.bridge(), head, channels);
    if (values !== undefined) return values;
    const { graph_id } = head.metadata;
    if (!isServed(graph_id)) return storedValues(await project.bridge(), head);
    const { graph, config } = await openFor({ thread_id, graph_id, checkpoint: { checkpoint_id } });
    return toPlain((await graph.getState(config)).values, "The thread's values");
  };

  const readingOf = ({ thread_id }: StateQuery) => ({ thread_id, text: errorDetail, store: checkpoints });
  const stored: Stored = { checkpoints, bridge: () => project.bridge() };
  const isServed = (graph_id: unknown): graph_id is string =>
    typeof graph_id === "string" && Object.hasOwn(manifest.graphs, graph_id);
  /** Logs why a state has no tasks and next nodes. */
  const logStored = ({ thread_id, graph_id = "" }: StateQuery): void =>
    logger.warn("state is shown without its graph, which langgraph.json does not name", {
      thread_id,
      graph_id: graph_id.slice(0, LOGGED_CHARACTERS),
    });

  return {
    graphs: () =>
      Object.entries(manifest.graphs).map(([graph_id, { description }]) => ({
        graph_id,
        description: description ?? null,
        ...(Object.hasOwn(project.defaults, graph_id) ? project.defaults[graph_id] : undefined),
      })),
    langgraphVersion: () => manifest.langgraph_version,
    threadTtl: () => manifest.thread_ttl,
    store: () => items,
    builtAt: () => manifest.built_at,
    http: () => manifest.http,
    async importGraphs(signal) {
      for (const graph_id of Object.keys(manifest.graphs)) {
        if (signal.aborted) return;
        await loader.importOne(graph_id).catch(renewFailedModules);
      }
    },
    load: async (graph_id) => void (await loader.load(graph_id, { log: false })),
    ...createShapes(loader),
    sampleInput: async (graph_id) => sampleInput(await loader.inspect(graph_id)),
    run: (invocation, context) =>
      whileInUse(folder, () =>
        outside(runGraph, invocation, context, {
          loader,
          logger,
          clock,
          errorText: errorDetail,
          langgraphVersion: manifest.langgraph_version,
          items,
          missingFile: (error) => missingFile(error, project.locate("."), manifest),
        }),
      ),
    values: async (thread_id, head) => (head ? valuesOf(thread_id, head) : null),
    state: async (query) => {
      const { graph_id } = query;
      if (!isServed(graph_id)) {
        const state = await storedState(stored, query);
        if (state.created_at !== null) logStored(query);
        return state;
      }
      const { graph, config } = await openFor({ ...query, graph_id });
      try {
        const snapshot = await graph.getState(config, { subgraphs: query.subgraphs ?? false });
        return await threadState(await withOrderedInterrupts(graph, snapshot), readingOf(query));
      } catch (error) {
        // The graph's own reducers throw on the input of its last run. What was stored can still be shown.
        logger.warn("state is shown without its tasks", {
          thread_id: query.thread_id,
          error: error instanceof Error ? error.name : typeof error,
        });
        return storedState(stored, query);
      }
    },
    history: async (query: StateQuery & HistoryQuery) => {
      const { graph_id } = query;
      if (!isServed(graph_id)) {
        const states = await storedHistory(stored, query);
        if (states.length > 0) logStored(query);
        return states;
      }
      const { graph, config } = await openFor({ ...query, graph_id });
      const { limit, before, metadata } = query;
      const states: ThreadState[] = [];
      const options = {
        limit,
        ...(before ? { before: stateConfig(query.thread_id, query.graph_id, before) } : {}),
        ...(metadata ? { filter: metadata } : {}),
      };
      for await (const snapshot of graph.getStateHistory(config, options))
        states.push(await threadState(await withOrderedInterrupts(graph, snapshot), readingOf(query)));
      return states;
    },
    update: (request, store) =>
      whileInUse(folder, () => outside(updateGraph, request, store, { loader, items, errorText: errorDetail })),
  };
}
