/**
 * Loads graphs of a packed project once, as a function would, and reports each as a line of JSON on file descriptor 3: `node try-graphs.mjs
 * PROJECT_DIR PYTHON ID…`; an empty PYTHON is that of the artefact. Not a Lambda function: `packaging/` runs it in a process of its own.
 */
import { writeSync } from "node:fs";
import { sampleInput } from "../engine/javascript/graph/sample-input.ts";
import type { LoadedGraph } from "../engine/javascript/project/load-graph.ts";
import { describeGraph, topologyParts } from "../engine/javascript/shape/describe-graph.ts";
import { MINUTE } from "../core/units.ts";
import { systemClock as clock } from "./clock-and-ids.ts";
import { openTrialLoaders } from "./trial-loader.ts";

const ANSWERS = 3;

const [folder = "", interpreter, ...ids] = process.argv.slice(2);
// A child of Python keeps no process alive, though its answer is awaited.
setInterval(() => undefined, MINUTE);
const { javascript, python } = await openTrialLoaders(folder, interpreter || undefined);
for (const graph_id of ids) {
  const began = clock.monotonic();
  const loading = python.has(graph_id) ? python.load(graph_id) : javascript.load(graph_id);
  const loaded = await loading.catch((error: unknown) => ({ error: explain(error) }));
  const ms = Math.round(clock.monotonic() - began);
  if (loaded === undefined) answer({ graph_id, ms, ...(await python.describe(graph_id)) });
  else answer({ graph_id, ms, ...("error" in loaded ? loaded : await describe(graph_id, loaded)) });
}
process.exit();

/** Nothing of a factory: it is not called, since what it leaves behind would be blamed on the next graph. */
async function describe(graph_id: string, { graph, ...bridge }: LoadedGraph): Promise<object> {
  if (!graph) return {};
  const input = sampleInput(graph);
  try {
    return { input, shape: await describeGraph(graph, graph_id, bridge), topology: await topologyParts(graph) };
  } catch {
    // It can be served all the same: then functions describe it when they are asked.
    return { input };
  }
}

/** Writes one line. A pipe may take it in parts. */
function answer(report: object): void {
  let rest = Buffer.from(`${JSON.stringify(report)}\n`);
  while (rest.length > 0) rest = rest.subarray(writeSync(ANSWERS, rest));
}

/** Node's own words for a refused write do not say what was to be written. */
function explain(error: unknown): string {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  if (!(cause instanceof Error && "permission" in cause && cause.permission === "FileSystemWrite")) return message;
  const file = "resource" in cause ? String(cause.resource) : "a file";
  return `${message.slice(0, message.indexOf(cause.message))}it writes ${file}, and only /tmp can be written to on Lambda`;
}
