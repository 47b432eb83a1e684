/** What packaging records of a loaded graph: its shape, and the parts of its topology. */
import type { Drawing, GraphShape } from "../../../protocol/graph-shape.ts";
import { toJson } from "../events/to-json.ts";
import { initialOf } from "../graph/channel-default.ts";
import { type Bridge, type Graph, isObject } from "../langgraph.ts";
import { DRAWN_DEPTHS } from "../timings.ts";
import { drawGraph, readSchemasOf } from "./graph-shape.ts";

export async function describeGraph(graph: Graph, graph_id: string, bridge: Bridge): Promise<GraphShape> {
  const { own, subgraphs } = await readSchemasOf(graph, graph_id, bridge);
  const config = { configurable: { graph_id } };
  return { schemas: own, subgraphs: Object.fromEntries(subgraphs), drawings: await drawAll(graph, config) };
}

/** Empty for a graph whose subgraphs are nested deeper: it is drawn when somebody asks. */
async function drawAll(graph: Graph, config: object): Promise<Drawing[]> {
  const whole = await drawGraph(graph, config, true);
  const drawings: Drawing[] = [];
  for (let depth = 0; depth < DRAWN_DEPTHS; depth++) {
    const drawing = await drawGraph(graph, config, depth);
    drawings.push(drawing);
    if (isSame(drawing, whole)) return drawings;
  }
  return [];
}

const isSame = (one: Drawing, other: Drawing): boolean => JSON.stringify(one) === JSON.stringify(other);

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
