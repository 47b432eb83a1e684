/**
 * The port Engine over a compiled project, whose graphs may be of both languages: each graph's spec in langgraph.json says of which. Reads
 * the project's manifest, and nothing else until a graph is needed.
 */
import type { CheckpointStore } from "../core/checkpoint/checkpoint-port.ts";
import type { Clock, Logger } from "../core/ports.ts";
import type { Engine, StateQuery } from "../core/run/execute/engine-port.ts";
import { type Embedder, projectStore } from "../core/store/project-store.ts";
import type { ItemStore } from "../core/store/store-port.ts";
import type { StoreConfig } from "../protocol/manifest.ts";
import { recordedShapes } from "./graph/recorded-shapes.ts";
import { projectApp } from "./app/project-app.ts";
import { projectAuth } from "./auth/project-auth.ts";
import { createJavaScriptEngine } from "./javascript/create-engine.ts";
import type { ErrorText } from "./graph/shown-errors.ts";
import { javascriptProject } from "./javascript/project/javascript-project.ts";
import { projectUi } from "./project/project-ui.ts";
import { openProject } from "./project/open-project.ts";
import { createEmbedder } from "./javascript/store/embedder.ts";
import type { ProjectOutput } from "./python/process/output.ts";
import type { ProjectChildren } from "./python/process/project-children.ts";
import { ChildError } from "./python/process/child.ts";
import { createPythonEngine, type PythonEngine } from "./python/create-engine.ts";
import { childrenOfProject } from "./python/python-project.ts";
import { createChildEmbedder } from "./python/store/embedder.ts";

export interface EngineOptions {
  /** Folder of `manifest.json`. */
  project: string;
  checkpoints: CheckpointStore;
  items: ItemStore;
  logger: Logger;
  clock: Pick<Clock, "monotonic" | "turn">;
  /** Whether clients see the texts of a project's own errors. */
  errorDetail: ErrorText;
  /** Takes what the project's code of Python says; default: the terminal. JavaScript writes to its console itself. */
  output?: ProjectOutput;
  /** Values of variables that the project's graphs need, read before the first of them is loaded. */
  secrets?: () => Promise<Record<string, string>>;
  /**
   * The interpreter for graphs of Python, or children that engines of this process share; absent = that of the artefact. Without any
   * these graphs do not load.
   */
  python?: string | ProjectChildren;
  /** ms that a graph has to load before it counts as failed, until the next try; default GRAPH_LOAD_TIMEOUT. */
  loadTimeoutMs?: number;
}

/** Rejects if the folder has no valid manifest, or with DefaultConfigError. */
export async function createEngine({ project: folder, items: kept, ...options }: EngineOptions): Promise<Engine> {
  const project = await openProject(folder, options.logger, options.secrets);
  const ofJavaScript = javascriptProject(project, options.logger);
  const { manifest } = project;
  const { index } = manifest.store;
  const { python: given } = options;
  const isShared = typeof given === "object";
  const children = isShared ? given : childrenOfProject(project, given, options.errorDetail, options.output);
  const embedder = (of: Index): Embedder =>
    of.language === "python" ? createChildEmbedder(children, of) : createEmbedder(ofJavaScript, of);
  const items = projectStore(kept, manifest.store, index && embedder(index));
  const auth = projectAuth({ project: ofJavaScript, children, logger: options.logger });
  const app = projectApp({ project: ofJavaScript, children, logger: options.logger });
  const ofGraphs = createJavaScriptEngine({ ...options, project: ofJavaScript, folder, items });
  const javascript: Engine = { ...ofGraphs, auth: () => auth, app: () => app, ui: projectUi(project) };
  if (!manifest.python) return javascript;
  const python = createPythonEngine({ ...options, project, children, items });
  const shapes = recordedShapes((graph_id) => project.recordedShape(graph_id), python);
  const engine = withPython(javascript, { ...python, ...shapes }, options);
  return {
    ...engine,
    close() {
      engine.close();
      if (!isShared) children.close();
    },
  };
}

type Index = NonNullable<StoreConfig["index"]>;

function withPython(javascript: Engine, python: PythonEngine, { logger }: Pick<EngineOptions, "logger">): Engine {
  const of = (graph_id: string): Pick<Engine, Exclude<keyof PythonEngine, "has">> =>
    python.has(graph_id) ? python : javascript;
  const orStored = async <Query extends StateQuery, Shown>(
    query: Query,
    ask: () => Promise<Shown>,
    stored: (query: Query) => Promise<Shown>,
  ): Promise<Shown> => {
    const { graph_id, thread_id } = query;
    if (graph_id === undefined || !python.has(graph_id)) return stored(query);
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ChildError)) throw error;
      // The graph's own reducers throw on what is stored, which can still be shown.
      logger.warn("state is shown without its tasks", { thread_id, error: error.name });
      return stored({ ...query, graph_id: undefined });
    }
  };
  return {
    ...javascript,
    load: (graph_id) => of(graph_id).load(graph_id),
    sampleInput: (graph_id) => of(graph_id).sampleInput(graph_id),
    draw: (configured, xray) => of(configured.graph_id).draw(configured, xray),
    schemas: (configured) => of(configured.graph_id).schemas(configured),
    subgraphs: (configured, query) => of(configured.graph_id).subgraphs(configured, query),
    run: (invocation, context) => of(invocation.graph_id).run(invocation, context),
    update: (request, checkpoints) => of(request.graph_id).update(request, checkpoints),
    async importGraphs(signal) {
      await Promise.all([javascript.importGraphs(signal), python.importGraphs(signal)]);
    },
    state: (query) =>
      orStored(
        query,
        () => python.state(query),
        (plain) => javascript.state(plain),
      ),
    history: (query) =>
      orStored(
        query,
        () => python.history(query),
        (plain) => javascript.history(plain),
      ),
  };
}
