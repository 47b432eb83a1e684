/**
 * Loads graphs of a compiled project as a function would, and tells what became of it: `node load-for-parent.ts PROJECT_DIR` with an IPC
 * channel, a graph's id in, a `Tried` out. A process of its own, for the project's code enters it; must not outlive its parent.
 */
import { systemClock as clock } from "../../functions/clock-and-ids.ts";
import { TRIER_UNASKED } from "./timings.ts";
import { createLoader } from "../../functions/engine/load-graph.ts";
import { openProject } from "../../functions/engine/open-project.ts";

export interface Tried {
  /** Why it does not load. */
  error?: string;
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const [folder = ""] = process.argv.slice(2);
const loader = openProject(folder, quiet).then((project) => createLoader(project, { clock, logger: quiet }));
// Without a parent, and without questions, there is nothing to do.
let leave = setTimeout(() => process.disconnect(), TRIER_UNASKED);
process.on("disconnect", () => process.exit());

process.on("message", (graph_id: string) => void answer(graph_id));

async function answer(graph_id: string): Promise<void> {
  clearTimeout(leave);
  process.send?.(await tryGraph(graph_id));
  leave = setTimeout(() => process.disconnect(), TRIER_UNASKED);
}

async function tryGraph(graph_id: string): Promise<Tried> {
  try {
    await (await loader).load(graph_id);
    return {};
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
