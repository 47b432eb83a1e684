/**
 * `node load-for-parent.ts PROJECT_DIR`: loads graphs of a compiled project as a function would. It receives a `Question` and answers a
 * `Tried` on its IPC channel, and ends with its parent.
 */
import type { GraphTrier } from "../../functions/core/run/execute/engine-port.ts";
import { sampleInput } from "../../functions/engine/javascript/graph/sample-input.ts";
import { openTrialLoader } from "../../functions/host/trial-loader.ts";
import type { Json } from "../../functions/protocol/json.ts";
import { TRIER_UNASKED } from "./timings.ts";

export interface Question {
  verb: keyof GraphTrier;
  graph_id: string;
}

/** `null` for a graph that loads; `error` says why it does not. */
export type Tried = { value: Json } | { error: string };

const [folder = ""] = process.argv.slice(2);
const loader = openTrialLoader(folder);
// Without a parent, and without questions, there is nothing to do.
let leave = setTimeout(() => process.disconnect(), TRIER_UNASKED);
process.on("disconnect", () => process.exit());

process.on("message", (question: Question) => void answer(question));

async function answer(question: Question): Promise<void> {
  clearTimeout(leave);
  process.send?.(await tryGraph(question));
  leave = setTimeout(() => process.disconnect(), TRIER_UNASKED);
}

async function tryGraph({ verb, graph_id }: Question): Promise<Tried> {
  try {
    const graphs = await loader;
    if (verb === "sampleInput") return { value: sampleInput(await graphs.inspect(graph_id)) };
    await graphs.load(graph_id);
    return { value: null };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
