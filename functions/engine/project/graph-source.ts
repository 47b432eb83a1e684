/** What is said of a graph that does not load: which one, where its source is, and why. */
import { GraphLoadError } from "../../core/run/execute/engine-port.ts";
import type { GraphEntry, Manifest } from "../../protocol/manifest.ts";

type Entries = Pick<Manifest, "graphs">;

export const graphEntry = ({ graphs }: Entries, graph_id: string): GraphEntry | undefined =>
  Object.hasOwn(graphs, graph_id) ? graphs[graph_id] : undefined;

/** As langgraph.json names it. */
export function sourceOf(manifest: Entries, graph_id: string): string {
  const entry = graphEntry(manifest, graph_id);
  return entry ? `${entry.source}:${entry.symbol}` : "langgraph.json";
}

export function graphError(manifest: Entries, graph_id: string, reason: string, cause: unknown): GraphLoadError {
  return new GraphLoadError(`Graph "${graph_id}" (${sourceOf(manifest, graph_id)}) does not load: ${reason}`, {
    cause,
  });
}
