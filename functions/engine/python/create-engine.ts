/** The graphs of a project that are Python: a child process runs them, started when the first of them is needed. */
import type { CheckpointStore } from "../../core/checkpoint/checkpoint-port.ts";
import type { Configured } from "../../core/assistant/shape-port.ts";
import { Impossible, Unclear } from "../../core/failure/failure.ts";
import type { Clock, Logger } from "../../core/ports.ts";
import type { Engine, StateQuery, UpdateOutcome, UpdateRequest } from "../../core/run/execute/engine-port.ts";
import type { ProjectStore } from "../../core/store/project-store.ts";
import type { HeadRef, Interrupts } from "../../core/thread/thread-row.ts";
import type { Drawing, GraphSchemas } from "../../protocol/graph-shape.ts";
import type { Json } from "../../protocol/json.ts";
import type { CheckpointRef, ThreadState } from "../../protocol/thread.ts";
import { ClaimedHeads, type ClaimedHeadsOptions } from "../checkpoint/claimed-heads.ts";
import { settingsOf } from "../graph/run-settings.ts";
import { answerCalls } from "./answer-calls.ts";
import { ChildError, type Scope } from "./process/child.ts";
import type { ProjectChildren } from "./process/project-children.ts";
import { graphLoader, reasonOf } from "./graph/load-graph.ts";
import { outlinedReads } from "./graph/outlined-reads.ts";
import { runGraph } from "./graph/run-graph.ts";
import type { ErrorText } from "../graph/shown-errors.ts";
import { graphError } from "../project/graph-source.ts";
import { pythonGraphs, type PythonProject } from "./python-project.ts";
import { GRAPH_LOAD_TIMEOUT } from "../timings.ts";

export interface PythonOptions {
  project: PythonProject;
  /** Others use them, too: they are closed elsewhere. */
  children: ProjectChildren;
  checkpoints: CheckpointStore;
  items: ProjectStore;
  logger: Logger;
  clock: Pick<Clock, "turn">;
  errorDetail: ErrorText;
  loadTimeoutMs?: number;
}

export interface PythonEngine extends Omit<
  Engine,
  | "graphs"
  | "langgraphVersion"
  | "store"
  | "builtAt"
  | "http"
  | "auth"
  | "app"
  | "ui"
  | "threadTtl"
  | "values"
  | "close"
> {
  has(graph_id: string): boolean;
}

export function createPythonEngine(options: PythonOptions): PythonEngine {
  const { project, children, checkpoints, items, logger, clock, loadTimeoutMs = GRAPH_LOAD_TIMEOUT } = options;
  const graphs = pythonGraphs(project);
  const load = graphLoader(graphs, children, loadTimeoutMs);
  const topologyOf = (graph_id: string): string | undefined => graphs[graph_id]?.topology;
  const outlined = outlinedReads({ checkpoints, topologyOf, text: options.errorDetail });

  /** Asks the graph something. It may read what is stored, and what it puts goes to the same store. */
  const ask = async (
    op: string,
    { graph_id, ...fields }: { graph_id: string; [field: string]: unknown },
    stored: ClaimedHeadsOptions = { store: checkpoints },
  ): Promise<unknown> => {
    const { child } = await load(graph_id);
    const heads = new ClaimedHeads(stored, () => Promise.resolve({}));
    const topology = topologyOf(graph_id);
    const answer = answerCalls({ heads, store: stored.store, items, topology });
    let fault: unknown;
    const scope: Scope = {
      async answer(header, blobs) {
        try {
          return await answer(header, blobs);
        } catch (error) {
          if (error instanceof Unclear || error instanceof Impossible) fault ??= error;
          throw error;
        }
      },
    };
    return child
      .call(op, { graph_id, outlined: topology !== undefined, ...fields }, scope)
      .answer.catch((error: unknown) => {
        throw fault ?? error;
      });
  };

  /** Asks what a graph is like. What its factory or its drawing throws is no fault of the server. */
  const inspect = (configured: Configured, op: string, query: object = {}): Promise<unknown> =>
    ask(op, { ...inspected(configured), ...query }).catch((error: unknown) => {
      if (error instanceof ChildError) throw graphError({ graphs }, configured.graph_id, reasonOf(error), error);
      throw error;
    });

  const read = ({ thread_id, graph_id = "", checkpoint, subgraphs }: StateQuery) => ({
    thread_id,
    graph_id,
    checkpoint,
    subgraphs: subgraphs ?? false,
  });

  return {
    has: (graph_id) => Object.hasOwn(graphs, graph_id),
    load: async (graph_id) => void (await load(graph_id)),
    sampleInput: async (graph_id) => (await ask("sample", { graph_id })) as Json,
    async importGraphs(signal) {
      for (const graph_id of Object.keys(graphs)) if (!signal.aborted) await load(graph_id).catch(() => undefined);
    },
    draw: async (configured, xray) => (await inspect(configured, "drawing", { xray })) as Drawing,
    schemas: async (configured) => (await inspect(configured, "schemas")) as GraphSchemas,
    subgraphs: async (configured, query) =>
      (await inspect(configured, "subgraphs", query)) as Record<string, GraphSchemas>,
    run: (invocation, context) => runGraph(invocation, context, { load, logger, clock, items, topologyOf }),
    state: async (query) => (await outlined.state(query)) ?? ((await ask("state", read(query))) as ThreadState),
    async history({ limit, before, metadata, ...query }) {
      const states = await outlined.history({ ...query, limit, before, metadata });
      if (states) return states;
      const listing = { limit, before: before && { ...before, thread_id: query.thread_id }, metadata };
      return (await ask("history", { ...read(query), ...listing })) as ThreadState[];
    },
    update: (request, store) => update(request, store, ask),
  };
}

type Ask = (op: string, fields: { graph_id: string }, stored: ClaimedHeadsOptions) => Promise<unknown>;

/** Of `child/threadline_child/service.py`. */
interface Updated {
  checkpoint: CheckpointRef;
  channels: HeadRef["channels"] | null;
  interrupts: Interrupts;
}

async function update(request: UpdateRequest, store: CheckpointStore, ask: Ask): Promise<UpdateOutcome> {
  const { thread_id, graph_id, checkpoint, supersteps, claim, fresh, newest } = request;
  const stored = { store, claim, fresh, ...(newest !== undefined && { newest }) };
  try {
    const asked = { thread_id, graph_id, checkpoint, supersteps };
    const { checkpoint: written, channels, interrupts } = (await ask("update", asked, stored)) as Updated;
    const root = written.checkpoint_ns === "" ? written.checkpoint_id : null;
    const head = root === null ? {} : { head: { checkpoint_id: root, ...(channels && { channels }) } };
    return { kind: "updated", checkpoint: written, ...head, interrupts };
  } catch (error) {
    if (!(error instanceof ChildError)) throw error;
    const { name, message } = error;
    return { kind: "refused", detail: name === "InvalidUpdateError" ? message : `${name}: ${message}` };
  }
}

/** As a run of the assistant would have it, without what belongs to a run. */
function inspected({ graph_id, config, context }: Configured): { graph_id: string; config: object } {
  const { configurable, ...rest } = config;
  const { fromContext, settings } = settingsOf(configurable, context);
  return { graph_id, config: { ...rest, configurable: { ...fromContext, ...settings, graph_id } } };
}
