/** Which checkpoints of the graphs around it a subgraph's checkpoint belongs to: `parents` of its metadata. */
import type { IdOf } from "./ordered-ids.ts";

/** The checkpoints of the graphs around a subgraph's, by their kept ids. */
export function parentsOf({ parents }: { parents?: Record<string, string> }, idOf: IdOf): { parents?: object } {
  if (parents === undefined) return {};
  return { parents: Object.fromEntries(Object.entries(parents).map(([ns, id]) => [ns, idOf(id)])) };
}
