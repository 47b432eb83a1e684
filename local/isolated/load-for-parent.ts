/**
 * `node load-for-parent.ts PROJECT_DIR [PYTHON]`: loads graphs of a compiled project as a function would. It receives a `Question` and
 * answers a `Tried` on its IPC channel, and ends with its parent.
 */
import type { GraphTrier } from "../../functions/core/run/execute/engine-port.ts";
import { sampleInput } from "../../functions/engine/javascript/graph/sample-input.ts";
import { openTrialLoaders } from "../../functions/host/trial-loader.ts";
import type { Json } from "../../functions/protocol/json.ts";
import { TRIER_UNASKED } from "./timings.ts";

export interface Question {
  verb: keyof GraphTrier;
  graph_id: string;
}

/** `null` for a graph that loads; `error` says why it does not. */
export type Tried = { value: Json } | { error: string };

const [folder = "", interpreter] = process.argv.slice(2);
const loaders = openTrialLoaders(folder, interpreter);
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
    const { javascript, python } = await loaders;
    const isPython = python.has(graph_id);
    if (verb === "sampleInput")
      return {
        value: isPython ? await python.sampleInput(graph_id) : sampleInput(await javascript.inspect(graph_id)),
      };
    await (isPython ? python : javascript).load(graph_id);
    return { value: null };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
