/** Runs a graph for one claim: streams events into the sink and checkpoints into the store, and returns the outcome. */
import { whereThrown } from "../../../core/failure/where-thrown.ts";
import type { Clock, Logger } from "../../../core/ports.ts";
import {
  type EventSink,
  GraphError,
  type Invocation,
  type RunContext,
  type RunOutcome,
} from "../../../core/run/execute/engine-port.ts";
import { SHOWN_CHANNELS_BYTES } from "../../../core/run/timings.ts";
import { jsonBytes, LOGGED_CHARACTERS } from "../../../core/json/size-limits.ts";
import { STREAM_ONLY } from "../../../core/stream/stream-only.ts";
import type { ProjectStore } from "../../../core/store/project-store.ts";
import type { HeadRef } from "../../../core/thread/thread-row.ts";
import type { StreamMode } from "../../../protocol/run.ts";
import { watchCheckpoints } from "../../checkpoint/watch-checkpoints.ts";
import { replayedBy, tellSent } from "../../events/replayed-events.ts";
import { TaskEnds } from "../../events/task-ends.ts";
import { checkNodes, leftByEarlierClaims, withCheckpointMap } from "../../graph/resume-point.ts";
import { UnfinishedSupersteps } from "../../graph/unfinished-supersteps.ts";
import { createSaver } from "../checkpoint/saver.ts";
import { BLOCK_MODES, createTranslator, graphModes } from "../events/stream-events.ts";
import { type StreamTransformers, streamTransformers } from "../events/stream-transformers.ts";
import { toJson } from "../events/to-json.ts";
import { featuresOf, type Graph, streamsBlocks, toRun } from "../langgraph.ts";
import type { GraphLoader } from "../project/load-graph.ts";
import { createStore } from "../store/store.ts";
import { type Drain, prepareDrain } from "./drain-run.ts";
import type { ErrorText } from "../../graph/shown-errors.ts";
import { describeError, errorDetail } from "./error-detail.ts";
import { graphInput } from "./graph-input.ts";
import { pauseOf } from "./graph-state.ts";
import { outlineHeads } from "./outline-heads.ts";
import { type Pump, pumpGraph } from "./pump-graph.ts";
import { beginKeptGraphs } from "./kept-graphs.ts";
import { hasStopped } from "./has-stopped.ts";
import { runConfig } from "./run-config.ts";
import { checkAnswers, UnknownInterruptError } from "./strict-resume.ts";
import { withOpenAnswers } from "./open-answers.ts";
import { recursionError } from "./recursion-error.ts";
import { doUnstoredToTheirEnd } from "./unstored-graphs.ts";

export interface RunDependencies {
  loader: GraphLoader;
  logger: Logger;
  clock: Pick<Clock, "turn">;
  errorText: ErrorText;
  langgraphVersion: string | undefined;
  items: ProjectStore;
  topologyOf: (graph_id: string) => string | undefined;
  /** Why a file that the code did not find is missing, if packaging left it out. */
  missingFile: (error: unknown) => string | undefined;
}

/** The only place where a failed run's text is logged when clients are not shown it. Cut, since it may quote user data. */
function logFailure(
  { logger, missingFile }: Pick<RunDependencies, "logger" | "missingFile">,
  { run_id, thread_id, graph_id, attempt }: Invocation,
  error: unknown,
): void {
  const { thrown_at } = whereThrown(error);
  const described = describeError(error);
  const text = `${described.error}: ${described.message.slice(0, LOGGED_CHARACTERS)}`;
  // The text of a graph that does not load names the location; its stack is our loader's.
  const location = thrown_at === undefined || error instanceof GraphError ? {} : { thrown_at };
  const missing = missingFile(error);
  const rule = missing === undefined ? {} : { missing };
  logger.error("run failed", { run_id, thread_id, graph_id, attempt, error: text, ...location, ...rule });
}

/** Runs until the graph ends, pauses, fails, or is stopped. Rejects only if the store fails while the outcome is read. */
export async function runGraph(
  invocation: Invocation,
  context: RunContext,
  deps: RunDependencies,
): Promise<RunOutcome> {
  const { thread_id, graph_id, kwargs } = invocation;
  const ends = new TaskEnds();
  const replayed = replayedBy(invocation);
  const leftOpen = new UnfinishedSupersteps();
  const { head: left, answered, checkpoints } = await leftByEarlierClaims(invocation, context.checkpoints);
  const watch = watchCheckpoints(checkpoints, thread_id, {
    ends,
    replayed,
    leftOpen,
    clock: deps.clock,
    isOneByOne: () => (kwargs.config.max_concurrency ?? graph?.config?.["maxConcurrency"]) === 1,
  });
  const serialising = new Set<Promise<unknown>>();
  const stop = new AbortController();
  /** Aborted, with LangGraph's error, when the run has used up its steps. */
  const limit = new AbortController();
  let graph: Graph | undefined;
  const resumedAt = left?.checkpoint_id;
  let drain: Drain | undefined;
  let transformers: StreamTransformers | undefined;
  const head = (): { head?: HeadRef } => {
    const checkpoint_id = watch.head() ?? resumedAt;
    return checkpoint_id === undefined || !graph ? {} : { head: { checkpoint_id, ...shownChannels(graph) } };
  };
  const drained = (): RunOutcome => {
    tellSent(replayed, context.sink);
    return { kind: "drained" };
  };
  try {
    const { lg, open, graph: shared } = await deps.loader.load(graph_id);
    const resumed = left !== undefined;
    const features = featuresOf(deps.langgraphVersion);
    const located = resumed ? invocation : await withCheckpointMap(invocation, context.checkpoints);
    const configOf = (goesOn: boolean) =>
      runConfig(located, { features, version: deps.langgraphVersion, resumed: goesOn });
    const config = configOf(resumed);
    const { claim, fresh, newest } = invocation;
    const after = newest === undefined ? {} : { newest };
    const onStepLimit = (ns: string, recursionLimit: number | undefined): void => {
      const error = recursionError(lg, recursionLimit);
      // A subgraph fails where it is called, if its LangGraph waits for its checkpoints.
      if (ns !== "" && features.durability) throw error;
      limit.abort(error);
      if (ns !== "") stop.abort();
    };
    const outlineOf = outlineHeads({ graph: shared, thread_id, topology: deps.topologyOf(graph_id), features });
    const saver = createSaver(lg, {
      store: watch.store,
      claim,
      fresh,
      ...after,
      serialising,
      onStepLimit,
      ...(outlineOf && { outlineOf }),
    });
    graph = equip(await open(config, toRun(config)), saver, createStore(lg, deps.items));
    if (left) checkNodes(left, Object.keys(graph.nodes ?? {}), graph_id);
    else if (!answered) await checkAnswers(graph, kwargs, config, { thread_id, store: watch.store });
    doUnstoredToTheirEnd(graph, lg);
    if (resumed) beginKeptGraphs(graph, saver);
    drain = prepareDrain(
      lg,
      AbortSignal.any([context.drain, limit.signal]),
      kwargs.interrupt_before ?? graph.interruptBefore,
    );
    const inBlocks = kwargs.event_version === "v3" && streamsBlocks(lg);
    transformers = inBlocks
      ? streamTransformers(lg, graph, (namespace, name, item) => {
          const data = toJson({ name, payload: item }, `Channel "${name}"`);
          context.sink.emit({ event: [STREAM_ONLY.custom, ...namespace].join("|"), data }, "token");
        })
      : undefined;
    const translator = createTranslator(kwargs, { sink: context.sink, ends, replayed, text: deps.errorText, inBlocks });

    if (!resumed || !(await hasStopped(graph, invocation))) {
      const signal = AbortSignal.any([context.signal, stop.signal]);
      const { modes, dropped } = inBlocks
        ? { modes: BLOCK_MODES, dropped: [] }
        : graphModes(kwargs.stream_mode, features);
      if (dropped.length > 0) reportDropped(dropped, invocation, { resumed, sink: context.sink, logger: deps.logger });
      const rest = { ...streamOptions(kwargs, modes), ...(inBlocks && BLOCKS), ...drain.options, signal };
      const pump: Pump = {
        graph,
        run_id: invocation.run_id,
        translator,
        transformers,
        serialising,
        leftOpen,
        replayed,
        head: () => watch.head() ?? resumedAt,
        options: (goesOn) => ({ ...(goesOn ? configOf(true) : config), ...rest }),
        isOver: () => translator.paused() || watch.interrupted() || limit.signal.aborted,
      };
      const given = answered ? await withOpenAnswers(graph, kwargs, { thread_id, store: watch.store }) : kwargs;
      await pumpGraph(pump, resumed ? null : graphInput(given, lg), resumed && invocation.handed_off);
      limit.signal.throwIfAborted();
      await transformers?.finish(signal);
      if (!translator.paused() && !watch.interrupted()) return { kind: "completed", ...head() };
    }
    const { unfinished, interrupts } = await pauseOf(graph, thread_id, watch.store);
    // A node may have caught the interrupt of a subgraph.
    if (!unfinished) return { kind: "completed", ...head() };
    const free = drain.mayPause() && Object.keys(interrupts).length === 0;
    if (free && !(await hasStopped(graph, invocation))) return drained();
    translator.pause(interrupts);
    return { kind: "paused", ...head(), interrupts };
  } catch (thrown) {
    const error: unknown = limit.signal.aborted ? limit.signal.reason : thrown;
    stop.abort();
    transformers?.fail(error);
    await watch.idle();
    if (context.signal.aborted) {
      const pause = graph ? await pauseOf(graph, thread_id, watch.store) : { unfinished: false, interrupts: {} };
      return { kind: "aborted", ...head(), ...pause };
    }
    if (drain?.caused(error)) return drained();
    logFailure(deps, invocation, error);
    const refused = error instanceof UnknownInterruptError;
    if (refused) context.sink.emit({ event: STREAM_ONLY.refused, data: JSON.stringify(error.refusal) }, "structural");
    const untouched = refused && { untouched: true as const };
    return { kind: "failed", ...head(), error: errorDetail(error, deps.errorText), ...untouched };
  } finally {
    ends.over();
    drain?.dispose();
    watch.end();
  }
}

const streamOptions = ({ stream_mode, subgraphs }: Invocation["kwargs"], streamMode: string[]): object => ({
  streamMode,
  subgraphs,
  ...(stream_mode.includes("events") ? { version: "v2" } : {}),
});

/** Of `stream`: messages as content blocks. */
const BLOCKS = { version: "v3" };

/** Reports them to the client in another `metadata` event, which every SDK accepts and no filter of a join drops. */
function reportDropped(
  modes: StreamMode[],
  { run_id, attempt }: Invocation,
  { resumed, sink, logger }: { resumed: boolean; sink: EventSink; logger: Logger },
): void {
  logger.warn("stream modes unknown to the project's LangGraph", { run_id, modes });
  const data = JSON.stringify({ run_id, attempt, unsupported_stream_modes: modes });
  if (!resumed) sink.emit({ event: "metadata", data }, "structural");
}

/**
 * A copy for this run, with the server's checkpointer and store instead of the compiled ones. Runs of one graph share a process, each with
 * its own saver.
 */
export function equip(graph: Graph, saver: object, store: object): Graph {
  const copy = graph.withConfig({});
  copy.checkpointer = saver;
  copy.store = store;
  return copy;
}

/** The channels that are the thread's `values`, as `stream` and `getState` show them. Too many do not fit on a row. */
export function shownChannels(graph: Graph): Pick<HeadRef, "channels"> {
  const channels = graph.streamChannelsAsIs ?? graph.streamChannels ?? graph.outputChannels;
  return jsonBytes(channels) > SHOWN_CHANNELS_BYTES ? {} : { channels };
}
