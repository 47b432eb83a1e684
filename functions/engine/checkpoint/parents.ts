/** Which checkpoints of the graphs around it a subgraph's checkpoint belongs to: `parents` of its metadata. */
import type { IdOf } from "./ordered-ids.ts";

/** With the ids under which they are stored. Empty for a checkpoint without parents. */
export function parentsOf({ parents }: { parents?: Record<string, string> }, idOf: IdOf): { parents?: object } {
  if (parents === undefined) return {};
  return { parents: Object.fromEntries(Object.entries(parents).map(([ns, id]) => [ns, idOf(id)])) };
}
