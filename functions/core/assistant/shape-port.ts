/** The part of the engine's port that describes a graph without a run. */
import type { Drawing, GraphSchemas } from "../../protocol/graph-shape.ts";
import type { JsonObject } from "../../protocol/json.ts";

/** A graph as an assistant has it: a factory makes it by config and context. */
export interface Configured {
  graph_id: string;
  config: JsonObject;
  context: JsonObject;
}

/** Each rejects with GraphError for a graph that does not load. */
export interface GraphShapes {
  /** @param xray draws subgraphs, too: to this depth, or all */
  draw(graph: Configured, xray: boolean | number): Promise<Drawing>;
  schemas(graph: Configured): Promise<GraphSchemas>;
  /** By namespace, `node` or `node|node`. @param query.namespace this one alone, if it is there */
  subgraphs(graph: Configured, query: SubgraphQuery): Promise<Record<string, GraphSchemas>>;
}

export interface SubgraphQuery {
  namespace?: string;
  /** Also subgraphs of subgraphs. */
  recurse: boolean;
}
