/** Drawings and schemas of graphs: as packaging has recorded them, else of the loaded graph. Schemas are kept as long as its build. */
import type { Configured, GraphShapes } from "../../../core/assistant/shape-port.ts";
import { keepRecent } from "../../../core/keep-recent.ts";
import type { GraphShape } from "../../../protocol/graph-shape.ts";
import { recordedShapes, wantedSubgraphs } from "../../graph/recorded-shapes.ts";
import { settingsOf } from "../../graph/run-settings.ts";
import { type Bridge, type Graph, type GraphConfig, toInspect } from "../langgraph.ts";
import type { GraphLoader } from "../project/load-graph.ts";
import { KEPT_SHAPES } from "../timings.ts";
import { drawGraph, readSchemasOf, type ShapeSchemas } from "./graph-shape.ts";

/** @param recorded what packaging has recorded of a graph, if anything */
export function createShapes(
  loader: Pick<GraphLoader, "load">,
  recorded: (graph_id: string) => Promise<GraphShape | undefined>,
): GraphShapes {
  const kept = new Map<string, Promise<ShapeSchemas>>();

  const open = async ({ graph_id, ...configured }: Configured): Promise<{ graph: Graph; bridge: Bridge }> => {
    const loaded = await loader.load(graph_id);
    return { graph: loaded.graph ?? (await loaded.open(configOf(graph_id, configured), toInspect)), bridge: loaded };
  };
  const read = async (configured: Configured): Promise<ShapeSchemas> => {
    const { graph, bridge } = await open(configured);
    return readSchemasOf(graph, configured.graph_id, bridge);
  };
  const shapeOf = (configured: Configured): Promise<ShapeSchemas> => {
    const { graph_id, config, context } = configured;
    const name = JSON.stringify([graph_id, config, context]);
    const known = kept.get(name);
    if (known) return known;
    const reading = read(configured);
    keepRecent(kept, name, reading, KEPT_SHAPES);
    reading.catch(() => kept.get(name) === reading && kept.delete(name));
    return reading;
  };

  return recordedShapes(recorded, {
    async draw(configured, xray) {
      const { graph } = await open(configured);
      return drawGraph(graph, configOf(configured.graph_id, configured), xray);
    },
    schemas: async (configured) => (await shapeOf(configured)).own,
    subgraphs: async (configured, query) => wantedSubgraphs((await shapeOf(configured)).subgraphs, query),
  });
}

/** As a run of the assistant would have it, without what belongs to a run. */
function configOf(graph_id: string, { config, context }: Omit<Configured, "graph_id">): GraphConfig {
  const { configurable, ...rest } = config;
  const { fromContext, settings, context: shared } = settingsOf(configurable, context);
  return { ...rest, configurable: { ...fromContext, ...settings, graph_id }, context: shared };
}
