/** The drawing of a loaded graph, and the schemas of it and its subgraphs. */
import type { Drawing, GraphSchemas } from "../../../protocol/graph-shape.ts";
import type { Json } from "../../../protocol/json.ts";
import { toPlainObject } from "../events/to-json.ts";
import type { Bridge, Graph } from "../langgraph.ts";
import { graphSchemas } from "./graph-schemas.ts";

export interface ShapeSchemas {
  own: GraphSchemas;
  /** By namespace, at all depths. */
  subgraphs: Map<string, GraphSchemas>;
}

export async function readSchemasOf(graph: Graph, graph_id: string, bridge: Bridge): Promise<ShapeSchemas> {
  const subgraphs = new Map<string, GraphSchemas>();
  for await (const [namespace, subgraph] of graph.getSubgraphsAsync(undefined, true))
    if (!subgraphs.has(namespace)) subgraphs.set(namespace, await graphSchemas(subgraph, graph_id, bridge));
  return { own: await graphSchemas(graph, graph_id, bridge), subgraphs };
}

export async function drawGraph(graph: Graph, config: object, xray: boolean | number): Promise<Drawing> {
  const drawable = await graph.getGraphAsync({ ...config, xray });
  const { nodes, edges } = toPlainObject(drawable.toJSON(), "The drawing of a graph");
  return { nodes: listOf(nodes), edges: listOf(edges) };
}

const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
