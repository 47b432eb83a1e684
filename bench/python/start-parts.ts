/** The start of a child in its parts, as a function with graphs of Python waits for them. */
import { median } from "../../command-line/percentiles.ts";
import { startChild } from "../../functions/engine/python/process/child.ts";
import { agreedWith } from "../../functions/engine/python/process/hello.ts";

/** ms, each from the end of the one before. */
export interface StartParts {
  /** From nothing to a process that answers. */
  interpreter: number;
  langgraph: number;
  graph: number;
}

export interface Started {
  /** The interpreter. */
  python: string;
  /** The project's folder, and where its modules are searched. */
  dir: string;
  paths: string[];
  /** Of a graph. */
  spec: string;
}

/** Medians over some rounds. */
export async function startParts(started: Started, rounds: number): Promise<StartParts> {
  const all: StartParts[] = [];
  for (let round = 0; round < rounds; round++) all.push(await startOnce(started));
  const middle = (part: keyof StartParts): number => median(all.map((parts) => parts[part]));
  return { interpreter: middle("interpreter"), langgraph: middle("langgraph"), graph: middle("graph") };
}

async function startOnce({ python, dir, paths, spec }: Started): Promise<StartParts> {
  let since = performance.now();
  const lap = (): number => {
    const before = since;
    since = performance.now();
    return since - before;
  };
  const child = startChild({ python, env: process.env, dir });
  // A child keeps no process alive, though its answer is awaited.
  const awake = setInterval(() => undefined, 1_000);
  try {
    await child.call("ping", {}).answer;
    const interpreter = lap();
    await child.call("hello", { dir, paths, graphs: { it: spec }, agreed: agreedWith("show") }).answer;
    const langgraph = lap();
    await child.call("load", { graph_id: "it" }).answer;
    return { interpreter, langgraph, graph: lap() };
  } finally {
    clearInterval(awake);
    child.end();
  }
}
