/** Drawings and schemas as packaging has recorded them; a graph is asked only for what is not recorded. */
import type { GraphShapes, SubgraphQuery } from "../../core/assistant/shape-port.ts";
import type { GraphSchemas, GraphShape } from "../../protocol/graph-shape.ts";

/** @param recorded what packaging has recorded of a graph, if anything */
export function recordedShapes(
  recorded: (graph_id: string) => Promise<GraphShape | undefined>,
  graphs: GraphShapes,
): GraphShapes {
  return {
    async draw(configured, xray) {
      const { drawings = [] } = (await recorded(configured.graph_id)) ?? {};
      const drawn = typeof xray === "number" ? drawings[xray] : undefined;
      return drawn ?? (xray === false ? drawings[0] : drawings.at(-1)) ?? graphs.draw(configured, xray);
    },
    async schemas(configured) {
      return (await recorded(configured.graph_id))?.schemas ?? graphs.schemas(configured);
    },
    async subgraphs(configured, query) {
      const known = await recorded(configured.graph_id);
      return known ? wantedSubgraphs(Object.entries(known.subgraphs), query) : graphs.subgraphs(configured, query);
    },
  };
}

/** @param all subgraphs at all depths, by namespace */
export function wantedSubgraphs(
  all: Iterable<[namespace: string, schemas: GraphSchemas]>,
  { namespace, recurse }: SubgraphQuery,
): Record<string, GraphSchemas> {
  const isWanted = (name: string): boolean =>
    namespace === undefined ? recurse || !name.includes("|") : name === namespace;
  return Object.fromEntries([...all].filter(([name]) => isWanted(name)));
}
