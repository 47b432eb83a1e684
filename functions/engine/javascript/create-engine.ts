/** The port Engine over a compiled project. Reads nothing until a graph is needed. Always uses the project's own copy of LangGraph. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { CheckpointStore } from "../../core/checkpoint/checkpoint-port.ts";
import { asCaller } from "../../core/auth/current-caller.ts";
import type { Clock, Logger } from "../../core/ports.ts";
import type { Engine } from "../../core/run/execute/engine-port.ts";
import type { ProjectStore } from "../../core/store/project-store.ts";
import { createSaver } from "./checkpoint/saver.ts";
import { valueReader } from "./checkpoint/value-reader.ts";
import type { ErrorText } from "../graph/shown-errors.ts";
import { equip, runGraph } from "./graph/run-graph.ts";
import { sampleInput } from "./graph/sample-input.ts";
import { createThreadReads } from "./graph/thread-reads.ts";
import { updateGraph } from "./graph/update-graph.ts";
import { toRead } from "./langgraph.ts";
import { createLoader } from "./project/load-graph.ts";
import { missingFile } from "./project/missing-file.ts";
import type { JavaScriptProject } from "./project/javascript-project.ts";
import { whileInUse } from "./project/projects-in-use.ts";
import { renewFailedModules } from "./project/renew-modules.ts";
import { createShapes } from "./shape/shapes.ts";
import { createStore } from "./store/store.ts";

export interface JavaScriptOptions {
  project: JavaScriptProject;
  /** Where the project is. */
  folder: string;
  checkpoints: CheckpointStore;
  items: ProjectStore;
  logger: Logger;
  clock: Pick<Clock, "monotonic" | "turn">;
  /** Whether clients see the texts of a project's own errors. */
  errorDetail: ErrorText;
  /** ms that a graph has to load before it counts as failed, until the next try; default GRAPH_LOAD_TIMEOUT. */
  loadTimeoutMs?: number;
}

/** Over the graphs of the project that are JavaScript; what does not depend on a graph is of the whole project. */
export function createJavaScriptEngine({
  project,
  folder,
  checkpoints,
  items,
  logger,
  clock,
  errorDetail,
  loadTimeoutMs: timeoutMs,
}: JavaScriptOptions): Omit<Engine, "auth" | "app" | "ui"> {
  const { manifest } = project;
  const loader = createLoader(project, { clock, logger, timeoutMs });
  // A graph may call its own server. A run must not inherit the async context of the node that created it.
  const outside = AsyncLocalStorage.snapshot();

  const topologyOf = (graph_id: string): string | undefined => manifest.graphs[graph_id]?.topology;
  const graphs = Object.fromEntries(
    Object.entries(manifest.graphs).filter(([, { language }]) => language === undefined),
  );
  const reads = createThreadReads({
    manifest: { ...manifest, graphs },
    checkpoints,
    logger,
    text: errorDetail,
    read: valueReader(() => project.bridge()),
    open: async (graph_id, config, store) => {
      const { lg, open } = await loader.load(graph_id);
      return equip(await open(config, toRead), createSaver(lg, { store }), createStore(lg, items));
    },
  });
  const { langgraph_version: langgraphVersion } = manifest;

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
      for (const graph_id of Object.keys(graphs)) {
        if (signal.aborted) return;
        await loader.importOne(graph_id).catch(renewFailedModules);
      }
    },
    load: async (graph_id) => void (await loader.load(graph_id, { log: false })),
    ...createShapes(loader, (graph_id) => project.recordedShape(graph_id)),
    sampleInput: async (graph_id) => sampleInput(await loader.inspect(graph_id)),
    run: (invocation, context) =>
      whileInUse(folder, () =>
        outside(() =>
          asCaller(invocation.kwargs.user, () =>
            runGraph(invocation, context, {
              loader,
              logger,
              clock,
              errorText: errorDetail,
              langgraphVersion,
              topologyOf,
              items,
              missingFile: (error) => missingFile(error, project.locate("."), manifest),
            }),
          ),
        ),
      ),
    ...reads,
    update: (request, store) =>
      whileInUse(folder, () =>
        outside(updateGraph, request, store, { loader, items, errorText: errorDetail, langgraphVersion, topologyOf }),
      ),
    close: () => undefined,
  };
}
