/** Runs a graph's stream into the translator until the graph has nothing left to do. */
import { GraphError } from "../../../core/run/execute/engine-port.ts";
import type { ReplayedEvents } from "../../events/replayed-events.ts";
import type { UnfinishedSupersteps } from "../../graph/unfinished-supersteps.ts";
import type { StreamTranslator } from "../events/stream-events.ts";
import type { StreamTransformers } from "../events/stream-transformers.ts";
import type { Graph, StreamEvent } from "../langgraph.ts";

export interface Pump {
  graph: Graph;
  run_id: string;
  translator: StreamTranslator;
  /** Of the graph; undefined if nothing is told of what they do. */
  transformers: StreamTransformers | undefined;
  /** Writes on their way to the saver: LangGraph stores a task's writes before it streams the task's end, and we keep that order. */
  serialising: ReadonlySet<Promise<unknown>>;
  leftOpen: UnfinishedSupersteps;
  replayed: ReplayedEvents;
  /** The newest root checkpoint of the run. */
  head: () => string | undefined;
  /** Stream options; `goesOn` = from the run's own newest checkpoint, whatever was selected. */
  options: (goesOn: boolean) => object;
  /** Whether the graph must stop, done or not. */
  isOver: () => boolean;
}

/**
 * With max_concurrency 1 LangGraph may return with tasks of the superstep undone. It is then started again and runs the next one.
 * @param hasBegun the start of the run was sent before it was handed over
 * @throws GraphError if that makes no progress; what the graph fails with
 */
export async function pumpGraph(pump: Pump, input: unknown, hasBegun: boolean): Promise<void> {
  const { leftOpen, replayed, translator } = pump;
  let end = await stream(pump, pump.options(false), input, hasBegun);
  for (let done = leftOpen.results(""); done > 0 && !pump.isOver();) {
    replayed.goesOn("", pump.head() ?? "", done);
    end = await stream(pump, pump.options(true), null, true);
    const now = leftOpen.results("");
    if (now === done) throw new GraphError("The graph stopped with tasks undone.");
    done = now;
  }
  if (end) translator.event(end);
}

/**
 * With version 2 through `streamEvents`: the other modes come as chunks of the root's own event, in order among the events.
 * @returns the event of the graph's end
 */
async function stream(
  { graph, run_id, translator, transformers, serialising }: Pump,
  options: object,
  input: unknown,
  hasBegun: boolean,
): Promise<StreamEvent | undefined> {
  let end: StreamEvent | undefined;
  if (!("version" in options && options.version === "v2")) {
    for await (const chunk of await graph.stream(input, options)) {
      if (serialising.size > 0) await Promise.allSettled(serialising);
      translator.chunk(transformers ? transformers.take(chunk) : chunk);
    }
    return end;
  }
  for await (const event of graph.streamEvents(input, options)) {
    if (serialising.size > 0) await Promise.allSettled(serialising);
    const isOfRun = event.run_id === run_id;
    if (isOfRun && event.event === "on_chain_stream") translator.chunk(event.data.chunk);
    else if (isOfRun && event.event === "on_chain_end") end = event;
    else if (!isOfRun || !hasBegun || event.event !== "on_chain_start") translator.event(event);
  }
  return end;
}
