/** Draws graphs and reads their schemas, which are kept for as long as the build is served. */
import type { Configured, GraphShapes } from "../../../core/assistant/shape-port.ts";
import { keepRecent } from "../../../core/keep-recent.ts";
import type { GraphSchemas } from "../../../protocol/assistant.ts";
import type { Json } from "../../../protocol/json.ts";
import { toPlainObject } from "../events/to-json.ts";
import { settingsOf } from "../graph/run-config.ts";
import { type Bridge, type Graph, type GraphConfig, toInspect } from "../langgraph.ts";
import type { GraphLoader } from "../project/load-graph.ts";
import { KEPT_SHAPES } from "../timings.ts";
import { graphSchemas } from "./graph-schemas.ts";

interface Shape {
  own: GraphSchemas;
  /** By namespace, at all depths. */
  subgraphs: Map<string, GraphSchemas>;
}

export function createShapes(loader: Pick<GraphLoader, "load">): GraphShapes {
  const kept = new Map<string, Promise<Shape>>();

  const open = async ({ graph_id, ...configured }: Configured): Promise<{ graph: Graph; bridge: Bridge }> => {
    const loaded = await loader.load(graph_id);
    return { graph: loaded.graph ?? (await loaded.open(configOf(graph_id, configured), toInspect)), bridge: loaded };
  };
  const read = async (configured: Configured): Promise<Shape> => {
    const { graph, bridge } = await open(configured);
    const { graph_id } = configured;
    const subgraphs = new Map<string, GraphSchemas>();
    for await (const [namespace, subgraph] of graph.getSubgraphsAsync(undefined, true))
      if (!subgraphs.has(namespace)) subgraphs.set(namespace, await graphSchemas(subgraph, graph_id, bridge));
    return { own: await graphSchemas(graph, graph_id, bridge), subgraphs };
  };
  const shapeOf = (configured: Configured): Promise<Shape> => {
    const { graph_id, config, context } = configured;
    const name = JSON.stringify([graph_id, config, context]);
    const known = kept.get(name);
    if (known) return known;
    const reading = read(configured);
    keepRecent(kept, name, reading, KEPT_SHAPES);
    reading.catch(() => kept.get(name) === reading && kept.delete(name));
    return reading;
  };

  return {
    async draw(configured, xray) {
      const { graph } = await open(configured);
      const drawable = await graph.getGraphAsync({ ...configOf(configured.graph_id, configured), xray });
      const { nodes, edges } = toPlainObject(drawable.toJSON(), "The drawing of a graph");
      return { nodes: listOf(nodes), edges: listOf(edges) };
    },
    schemas: async (configured) => (await shapeOf(configured)).own,
    async subgraphs(configured, { namespace, recurse }) {
      const isWanted = (name: string): boolean =>
        namespace === undefined ? recurse || !name.includes("|") : name === namespace;
      const { subgraphs } = await shapeOf(configured);
      return Object.fromEntries([...subgraphs].filter(([name]) => isWanted(name)));
    },
  };
}

const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

/** As a run of the assistant would have it, without what belongs to a run. */
function configOf(graph_id: string, { config, context }: Omit<Configured, "graph_id">): GraphConfig {
  const { configurable, ...rest } = config;
  const { fromContext, settings, context: shared } = settingsOf(configurable, context);
  return { ...rest, configurable: { ...fromContext, ...settings, graph_id }, context: shared };
}
