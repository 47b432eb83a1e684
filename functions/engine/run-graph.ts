/**
 * One run of a graph, from its claim to its outcome: streams events into the sink and checkpoints into the store. Must not know the
 * log, the rows or the queue; what a failure means is for the caller to say.
 */
import { type Invocation, type Logger, type RunContext, type RunOutcome } from "../core/ports.ts";
import type { HeadRef } from "../core/rows.ts";
import { type ErrorText, errorDetail } from "./error-detail.ts";
import { graphInput } from "./graph-input.ts";
import { pauseOf } from "./graph-state.ts";
import { featuresOf, type Graph, type GraphConfig, isObject, type LangGraph } from "./langgraph.ts";
import type { GraphLoader } from "./load-graph.ts";
import { hasStopped, leftBehind } from "./resume-point.ts";
import { runConfig } from "./run-config.ts";
import { createSaver } from "./saver.ts";
import { createTranslator, graphModes, type StreamTranslator } from "./stream-events.ts";
import { watchCheckpoints } from "./watch-checkpoints.ts";

export interface RunDependencies {
  loader: GraphLoader;
  logger: Logger;
  errorText: ErrorText;
  langgraphVersion: string | undefined;
}

/** Runs until the graph ends, pauses, fails, or is told to stop. Rejects only if the store fails while the outcome is looked up. */
export async function runGraph(
  invocation: Invocation,
  context: RunContext,
  deps: RunDependencies,
): Promise<RunOutcome> {
  const { thread_id, graph_id, run_id, kwargs } = invocation;
  const drain = createDrain(context.drain);
  const watch = watchCheckpoints(context.checkpoints, thread_id, drain.onHead);
  let graph: Graph | undefined;
  let resumedAt: string | undefined;
  const head = (): { head?: HeadRef } => {
    const checkpoint_id = watch.head() ?? resumedAt;
    return checkpoint_id === undefined || !graph ? {} : { head: { checkpoint_id, channels: shownChannels(graph) } };
  };
  try {
    const { lg, open } = await deps.loader.load(graph_id);
    resumedAt = await leftBehind(invocation, context.checkpoints);
    const resumed = resumedAt !== undefined;
    const features = featuresOf(deps.langgraphVersion);
    const config = runConfig(invocation, { features, version: deps.langgraphVersion, resumed });
    graph = withSaver(
      await open(config),
      createSaver(lg, { store: watch.store, claim: invocation.claim, fresh: invocation.fresh }),
    );
    if (resumed && (await hasStopped(graph, invocation))) {
      const { interrupts } = await pauseOf(graph, thread_id);
      return { kind: "paused", ...head(), interrupts };
    }
    const { modes, dropped } = graphModes(kwargs.stream_mode, features);
    if (dropped.length > 0)
      deps.logger.warn("stream modes unknown to the project's LangGraph", { run_id, modes: dropped });

    const translator = createTranslator(kwargs, context.sink, deps.errorText);
    const signal = AbortSignal.any([context.signal, drain.signal]);
    const options = { ...config, streamMode: modes, subgraphs: kwargs.subgraphs, signal, ...drain.option(lg) };
    const input = resumed ? null : graphInput(kwargs, lg);
    await (kwargs.stream_mode.includes("events")
      ? pumpEvents(graph, input, { ...options, version: "v2" }, translator, run_id)
      : pumpStream(graph, input, options, translator));

    if (!translator.paused() && !watch.interrupted()) return { kind: "completed", ...head() };
    const { unfinished, interrupts } = await pauseOf(graph, thread_id);
    // A node may have caught the interrupt of a graph that it called.
    return unfinished ? { kind: "paused", ...head(), interrupts } : { kind: "completed", ...head() };
  } catch (error) {
    if (context.signal.aborted) {
      const pause = graph ? await pauseOf(graph, thread_id) : { unfinished: false, interrupts: {} };
      return { kind: "aborted", ...head(), ...pause };
    }
    if (drain.caused(error)) return { kind: "drained" };
    return { kind: "failed", ...head(), error: errorDetail(error, deps.errorText) };
  } finally {
    drain.dispose();
    watch.end();
  }
}

async function pumpStream(graph: Graph, input: unknown, options: object, translator: StreamTranslator): Promise<void> {
  for await (const chunk of await graph.stream(input, options)) translator.chunk(chunk);
}

/** The other modes come as chunks of the root's own event, in their order among the events. */
async function pumpEvents(
  graph: Graph,
  input: unknown,
  options: object,
  translator: StreamTranslator,
  run_id: string,
): Promise<void> {
  for await (const event of graph.streamEvents(input, options)) {
    if (event.event === "on_chain_stream" && event.run_id === run_id) translator.chunk(event.data.chunk);
    else translator.event(event);
  }
}

/** A copy for this run: runs of one graph go side by side in a process, each with its own saver. */
export function withSaver(graph: Graph, saver: object): Graph {
  const copy = graph.withConfig({});
  copy.checkpointer = saver;
  return copy;
}

/** The channels that are the thread's `values`, as `stream` and `getState` show them. */
function shownChannels(graph: Graph): HeadRef["channels"] {
  return graph.streamChannelsAsIs ?? graph.streamChannels ?? graph.outputChannels;
}

interface Drain {
  signal: AbortSignal;
  onHead: () => void;
  option(lg: Partial<LangGraph>): GraphConfig | object;
  caused(error: unknown): boolean;
  dispose(): void;
}

/** Stops a run after its superstep when asked: by LangGraph's RunControl, or, in versions without it, when the next head is kept. */
function createDrain(asked: AbortSignal): Drain {
  const stop = new AbortController();
  let request: (() => void) | undefined;
  const onAsked = (): void => request?.();
  asked.addEventListener("abort", onAsked, { once: true });
  return {
    signal: stop.signal,
    onHead: () => {
      if (asked.aborted && !request) stop.abort();
    },
    option: ({ RunControl }) => {
      if (!RunControl) return {};
      const control = new RunControl();
      request = () => control.requestDrain("hand-over");
      if (asked.aborted) request();
      return { control };
    },
    caused: (error) => stop.signal.aborted || (asked.aborted && isObject(error) && error["name"] === "GraphDrained"),
    dispose: () => asked.removeEventListener("abort", onAsked),
  };
}
