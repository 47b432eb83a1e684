/**
 * Loads the project's graphs one by one, on demand, each module once per process. A graph that fails to load reports graph, file and cause,
 * and does not affect the others.
 */
import type { Clock, Logger } from "../../../core/ports.ts";
import type { GraphError } from "../../../core/run/execute/engine-port.ts";
import { shorten } from "../../../core/failure/shorten.ts";
import { ERROR_CHARACTERS } from "../../../core/json/size-limits.ts";
import { type Bridge, type Graph, type GraphConfig, isObject, type ServerRuntime, toInspect } from "../langgraph.ts";
import { graphEntry, graphError, sourceOf } from "../../project/graph-source.ts";
import { importHangs, loadWithin } from "../../project/load-within.ts";
import { GRAPH_LOAD_TIMEOUT } from "../../timings.ts";
import { FACTORY_TIMEOUT, GRAPH_RETRY } from "../timings.ts";
import { causesOf, describeCauses } from "./causes.ts";
import { asLoading } from "./load-context.ts";
import { missingFile } from "./missing-file.ts";
import { formatOf, importModule, urlOf } from "./import-module.ts";
import type { JavaScriptProject } from "./javascript-project.ts";
import { withPlacedFetch } from "./placed-fetch.ts";
import { awaitExport, renewFailedModules } from "./renew-modules.ts";
import { sourceLocation } from "./source-location.ts";

/** With the LangGraph that its modules see. */
export interface LoadedGraph extends Bridge {
  /** The graph for one run or one read, by its config. `thread_id` is absent when only the graph's shape is needed. */
  open: (config: GraphConfig, runtime: ServerRuntime) => Promise<Graph>;
  /** The graph that all runs share; undefined where a factory makes one for each. */
  graph?: Graph;
}

interface Failure {
  error: GraphError;
  failed_at: number;
}

export interface GraphLoader {
  /** Throws GraphError. A failure is logged, unless the caller reports it, and remembered for GRAPH_RETRY; then a load tries again. */
  load(graph_id: string, options?: { log: boolean }): Promise<LoadedGraph>;
  /** The graph for its shape only. Rejects as `load` does, which logs nothing here. */
  inspect(graph_id: string): Promise<Graph>;
  /** Imports its modules only, so that a later load is fast. Rejects as they do; neither logged nor remembered. */
  importOne(graph_id: string): Promise<void>;
}

export interface LoaderOptions {
  clock: Pick<Clock, "monotonic">;
  logger: Logger;
  /** ms; default GRAPH_LOAD_TIMEOUT, and FACTORY_TIMEOUT for factories. */
  timeoutMs?: number | undefined;
}

export function createLoader(project: JavaScriptProject, options: LoaderOptions): GraphLoader {
  const { clock, logger, timeoutMs: given } = options;
  const timeouts = { load: given ?? GRAPH_LOAD_TIMEOUT, factory: given ?? FACTORY_TIMEOUT };
  const loaded = new Map<string, Promise<LoadedGraph>>();
  const failures = new Map<string, Failure>();

  const attempt = async (graph_id: string, log: boolean): Promise<LoadedGraph> => {
    const began = clock.monotonic();
    try {
      if (failures.has(graph_id)) await renewFailedModules();
      const graph = await loadWithin(
        timeouts.load,
        importHangs,
        withPlacedFetch(() => loadOne(project, { graph_id, logger, factoryMs: timeouts.factory })),
      );
      failures.delete(graph_id);
      logger.info("graph loaded", { graph_id, ms: clock.monotonic() - began });
      return graph;
    } catch (cause) {
      const error = asGraphError(project, graph_id, cause);
      failures.set(graph_id, { error, failed_at: clock.monotonic() });
      loaded.delete(graph_id);
      if (log)
        logger.error("graph does not load", {
          graph_id,
          source: sourceOf(project.manifest, graph_id),
          error: reasonOf(project, cause),
        });
      throw error;
    }
  };

  const load: GraphLoader["load"] = async (graph_id, { log } = { log: true }) => {
    const known = loaded.get(graph_id);
    if (known) return known;
    const failure = failures.get(graph_id);
    if (failure && clock.monotonic() - failure.failed_at < GRAPH_RETRY) throw failure.error;
    const loading = asLoading(() => attempt(graph_id, log));
    loaded.set(graph_id, loading);
    return loading;
  };
  return {
    load,
    async inspect(graph_id) {
      const { open } = await load(graph_id, { log: false });
      return open({ configurable: {} }, toInspect);
    },
    importOne: async (graph_id) => void (await importEntry(project, graph_id)),
  };
}

const factoryHangs = (seconds: number): string => `its factory gave no graph in ${seconds} s`;

interface LoadOptions {
  graph_id: string;
  logger: Logger;
  factoryMs: number;
}

/** The modules that export a graph, and the LangGraph that they use. */
async function importEntry(project: JavaScriptProject, graph_id: string) {
  const entry = graphEntry(project.manifest, graph_id);
  if (!entry) throw new Error("there is no such graph");
  if (entry.module === undefined) throw new Error(entry.error ?? "there is nothing to load");
  await project.prepareGraphs();
  const file = project.locate(entry.module);
  const bridge = await project.bridge(formatOf(file));
  return { entry, file, bridge, exports: await importModule(file) };
}

async function loadOne(project: JavaScriptProject, { graph_id, logger, factoryMs }: LoadOptions): Promise<LoadedGraph> {
  const { entry, file, bridge, exports } = await importEntry(project, graph_id);
  const exported = await awaitExport(urlOf(file), exports[entry.symbol]);
  if (exported === undefined)
    throw new Error(`it exports no "${entry.symbol}", only ${Object.keys(exports).join(", ") || "nothing"}`);
  const notice = noticer(graph_id, logger);
  if (isFactory(exported)) {
    const failed = (cause: unknown): never => {
      throw asGraphError(project, graph_id, cause);
    };
    const make = (...asked: Asked): Promise<Graph> => resolveGraph(exported, asked, notice);
    return { ...bridge, open: (...asked) => loadWithin(factoryMs, factoryHangs, make(...asked)).catch(failed) };
  }
  const graph = await resolveGraph(exported, [{ configurable: {} }, toInspect], notice);
  return { ...bridge, graph, open: () => Promise.resolve(graph) };
}

type Asked = Parameters<LoadedGraph["open"]>;
type Factory = (...asked: Asked) => unknown;
const isFactory = (value: unknown): value is Factory => typeof value === "function";
const isGraph = (value: unknown): value is Graph => isObject(value) && value["lg_is_pregel"] === true;

/** Resolves an export to a compiled graph, through promises and functions that return functions. */
async function resolveGraph(exported: unknown, asked: Asked, notice: (text: string) => void): Promise<Graph> {
  const value = await exported;
  if (isFactory(value)) return resolveGraph(value(...asked), asked, notice);
  if (isGraph(value)) return value;
  if (!isObject(value)) throw new Error(`it is not a graph: ${value === null ? "null" : typeof value}`);
  if (typeof value["compile"] === "function") return resolveGraph(value["compile"](), asked, notice);
  if (isGraph(value["graph"])) return value["graph"];
  const { bound } = value;
  if (isObject(bound)) {
    if (value.constructor.name === "RunnableRetry")
      notice("withRetry has no effect on a served graph; give the nodes a retryPolicy");
    const inner = await resolveGraph(bound, asked, notice);
    return isObject(value["config"]) ? inner.withConfig(value["config"]) : inner;
  }
  const name = value.constructor?.name ?? "object";
  throw new Error(`it is not a graph: ${name}${isOfOtherCopy(name) ? OTHER_COPY : ""}`);
}

/** A graph by its class name, but of another copy of LangGraph than the project's. */
const isOfOtherCopy = (name: string): boolean => /^(?:Compiled\w*Graph|Pregel)$/.test(name);
const OTHER_COPY =
  ", made by a copy of @langchain/langgraph before 0.2.74: npm ls @langchain/langgraph shows whose it is";

const noticer = (graph_id: string, logger: Logger) => (text: string) =>
  logger.warn("graph is served differently", { graph_id, error: text });

const asGraphError = (project: JavaScriptProject, graph_id: string, cause: unknown): GraphError =>
  graphError(project.manifest, graph_id, reasonOf(project, cause), cause);

/** The whole chain of causes, and the project's source location of the outermost error that has one. */
function reasonOf(project: JavaScriptProject, cause: unknown): string {
  const causes = causesOf(cause);
  const errors = causes.filter((one) => one instanceof Error);
  const location = errors
    .map((one) => sourceLocation(project.sourceFolder(), one))
    .find((found) => found !== undefined);
  const missing = missingFile(cause, project.locate("."), project.manifest);
  const text = shorten(describeCauses(causes), ERROR_CHARACTERS);
  return `${text}${location === undefined ? "" : ` (${location})`}${missing === undefined ? "" : `. ${missing}`}`;
}
