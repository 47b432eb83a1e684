/** What packaging records of a loaded graph: its shape, and the parts of its topology. */
import type { GraphShape } from "../../../protocol/graph-shape.ts";
import { drawDepths } from "../../graph/draw-depths.ts";
import { toJson } from "../events/to-json.ts";
import { initialOf } from "../graph/channel-default.ts";
import { type Bridge, type Graph, isObject } from "../langgraph.ts";
import { drawGraph, readSchemasOf } from "./graph-shape.ts";

export async function describeGraph(graph: Graph, graph_id: string, bridge: Bridge): Promise<GraphShape> {
  const { own, subgraphs } = await readSchemasOf(graph, graph_id, bridge);
  const config = { configurable: { graph_id } };
  return {
    schemas: own,
    subgraphs: Object.fromEntries(subgraphs),
    drawings: await drawDepths((xray) => drawGraph(graph, config, xray)),
  };
}

/** Nodes and what starts them, channels, their kinds and defaults. Graphs with equal parts make the same of every checkpoint. */
export async function topologyParts(graph: Graph): Promise<string[]> {
  const { nodes = {}, channels = {}, streamChannelsAsIs = [] } = graph;
  const nested = new Map<string, boolean>();
  for await (const [name, subgraph] of graph.getSubgraphsAsync()) nested.set(name, subgraph.checkpointer !== false);
  const parts = [
    ...Object.entries(nodes).map(([name, node]) => [
      name,
      ...(isObject(node) ? [node["triggers"], node["channels"]] : []),
      nested.get(name),
    ]),
    ...Object.entries(channels).map(([name, channel]) => [
      name,
      isObject(channel) ? channel["lc_graph_name"] : null,
      initialOf(channel),
    ]),
    [streamChannelsAsIs],
  ];
  return parts.map((part) => toJson(part, "A graph"));
}
