/** Loads graphs of Python and asks what they are like, where there is no table: for packaging, and for a host that keeps out of them. */
import type { Drawing, GraphSchemas, GraphShape } from "../../../protocol/graph-shape.ts";
import type { Json } from "../../../protocol/json.ts";
import { drawDepths } from "../../graph/draw-depths.ts";
import type { Scope } from "../process/child.ts";
import { childrenOfProject, pythonGraphs, type PythonProject } from "../python-project.ts";
import { graphLoader } from "../graph/load-graph.ts";
import { GRAPH_LOAD_TIMEOUT } from "../../timings.ts";

export interface PythonTrial {
  has(graph_id: string): boolean;
  /** Rejects with GraphError. */
  load(graph_id: string): Promise<void>;
  sampleInput(graph_id: string): Promise<Json>;
  /** Nothing for a factory: each config makes another graph. */
  describe(graph_id: string): Promise<{ input?: Json; shape?: GraphShape; topology?: string[] }>;
}

const NOTHING: Scope = { answer: () => Promise.reject(new Error("nothing is stored in a trial")) };

/** @param python the interpreter; undefined = that of the artefact */
export function createPythonTrial(project: PythonProject, python: string | undefined): PythonTrial {
  const graphs = pythonGraphs(project);
  const load = graphLoader(graphs, childrenOfProject(project, python, "show"), GRAPH_LOAD_TIMEOUT);
  const ask = async (op: string, graph_id: string, fields: object = {}): Promise<unknown> => {
    const { child } = await load(graph_id);
    return child.call(op, { graph_id, config: { configurable: { graph_id } }, ...fields }, NOTHING).answer;
  };
  const sampleInput = async (graph_id: string): Promise<Json> => (await ask("sample", graph_id)) as Json;

  return {
    has: (graph_id) => Object.hasOwn(graphs, graph_id),
    load: async (graph_id) => void (await load(graph_id)),
    sampleInput,
    async describe(graph_id) {
      if ((await load(graph_id)).nodes === null) return {};
      const input = await sampleInput(graph_id);
      try {
        const schemas = (await ask("schemas", graph_id)) as GraphSchemas;
        const subgraphs = (await ask("subgraphs", graph_id, { recurse: true })) as Record<string, GraphSchemas>;
        const drawings = await drawDepths(async (xray) => (await ask("drawing", graph_id, { xray })) as Drawing);
        const topology = (await ask("topology", graph_id)) as string[];
        return { input, shape: { schemas, subgraphs, drawings }, topology };
      } catch {
        // It can be served all the same: then functions describe it when they are asked.
        return { input };
      }
    },
  };
}
