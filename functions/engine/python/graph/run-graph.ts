/** Runs a graph of Python for one claim: a child runs it, and what it stores and streams goes through this process. */
import { ticketFor } from "../../../core/auth/caller-tickets.ts";
import type { Clock, Logger } from "../../../core/ports.ts";
import { LOGGED_CHARACTERS } from "../../../core/json/size-limits.ts";
import type { Invocation, RunContext, RunOutcome } from "../../../core/run/execute/engine-port.ts";
import type { ProjectStore } from "../../../core/store/project-store.ts";
import type { HeadRef, Interrupts } from "../../../core/thread/thread-row.ts";
import { STREAM_ONLY } from "../../../core/stream/stream-only.ts";
import type { JsonObject } from "../../../protocol/json.ts";
import type { ErrorDetail } from "../../../protocol/thread.ts";
import { ClaimedHeads } from "../../checkpoint/claimed-heads.ts";
import { watchCheckpoints } from "../../checkpoint/watch-checkpoints.ts";
import { replayedBy, tellSent } from "../../events/replayed-events.ts";
import { TaskEnds } from "../../events/task-ends.ts";
import { checkNodes, leftByEarlierClaims, withCheckpointMap } from "../../graph/resume-point.ts";
import { runSettings } from "../../graph/run-settings.ts";
import { UnfinishedSupersteps } from "../../graph/unfinished-supersteps.ts";
import { answerCalls } from "../answer-calls.ts";
import { type Call, type Child, ChildGone, type Scope } from "../process/child.ts";
import { ABORT_PATIENCE } from "../timings.ts";
import { deliverEvent } from "./deliver-event.ts";
import { Delivery } from "./delivery.ts";
import type { LoadedInChild } from "./load-graph.ts";

export interface RunDependencies {
  /** Rejects with GraphError. */
  load: (graph_id: string) => Promise<LoadedInChild>;
  logger: Logger;
  clock: Pick<Clock, "turn">;
  items: ProjectStore;
  /** Of the graph; undefined where reads always ask it. */
  topologyOf: (graph_id: string) => string | undefined;
}

/** Of `child/threadline_child/run.py`. */
type Ended = { channels?: string | string[] | null } & (
  | { kind: "completed" | "drained" }
  | { kind: "paused"; interrupts: Interrupts }
  | { kind: "failed"; error: ErrorDetail; logged: ErrorDetail; at: string | null; refusal: JsonObject | null }
  | { kind: "aborted"; unfinished: boolean; interrupts: Interrupts }
);

/** Of LangGraph, for runs whose steps are counted over several claims. */
class GraphRecursionError extends Error {
  override name = "GraphRecursionError";
}

/** Runs until the graph ends, pauses, fails, or is stopped. Rejects only if the store fails before it begins. */
export async function runGraph(
  invocation: Invocation,
  context: RunContext,
  deps: RunDependencies,
): Promise<RunOutcome> {
  const { thread_id, graph_id, claim, fresh, newest } = invocation;
  const ends = new TaskEnds();
  const replayed = replayedBy(invocation);
  const { head: left, answered, checkpoints } = await leftByEarlierClaims(invocation, context.checkpoints);
  const watch = watchCheckpoints(checkpoints, thread_id, {
    ends,
    replayed,
    leftOpen: new UnfinishedSupersteps(),
    clock: deps.clock,
    isOneByOne: () => false,
  });
  const heads = new ClaimedHeads(
    {
      store: watch.store,
      claim,
      fresh,
      ...(newest !== undefined && { newest }),
      onStepLimit: (_, limit) => {
        throw new GraphRecursionError(`Recursion limit of ${limit} reached without hitting a stop condition.`);
      },
    },
    () => Promise.resolve({}),
  );
  const resumedAt = left?.checkpoint_id;
  const headOf = (channels: Ended["channels"]): { head?: HeadRef } => {
    const checkpoint_id = watch.head() ?? resumedAt;
    return checkpoint_id === undefined ? {} : { head: { checkpoint_id, ...(channels && { channels }) } };
  };
  let failure: Error | undefined;
  let call: Call | undefined;
  const delivery = new Delivery();
  const topology = invocation.kwargs.temporary ? undefined : deps.topologyOf(graph_id);
  const perform = answerCalls({
    heads,
    store: watch.store,
    items: deps.items,
    begun: (writes) => delivery.begin(writes),
    topology,
  });
  const scope: Scope = {
    async answer(header, blobs) {
      if (header.op !== "saver.put") return perform(header, blobs);
      return new Promise((resolve, reject) => delivery.next(() => void perform(header, blobs).then(resolve, reject)));
    },
    event: (header, data) =>
      delivery.next(() => {
        if (failure) return;
        try {
          deliverEvent(header, data, { sink: context.sink, replayed, ends });
        } catch (error) {
          failure = error instanceof Error ? error : new Error(String(error));
          call?.notify("abort");
        }
      }),
  };

  const signals = new AbortController();
  const { user } = invocation.kwargs;
  const caller = user && ticketFor(user);
  try {
    const { child, nodes } = await deps.load(graph_id);
    if (left && nodes) checkNodes(left, nodes, graph_id);
    const located = left ? invocation : await withCheckpointMap(invocation, context.checkpoints);
    call = child.call(
      "run",
      {
        ...requestOf(located, { resumed: left !== undefined, answered, outlined: topology !== undefined }),
        caller: caller?.ticket ?? null,
      },
      scope,
    );
    passOn(context, { call, child, until: signals.signal });
    const ended = (await call.answer) as Ended;
    await delivery.idle();
    await watch.idle();
    return outcomeOf(ended);
  } catch (error) {
    // What a child had told before it died counts.
    await delivery.idle();
    await watch.idle();
    if (error instanceof ChildGone && !failure) return afterLoss(error);
    return failed(failure ?? error);
  } finally {
    signals.abort();
    caller?.withdraw();
    ends.over();
    watch.end();
  }

  function outcomeOf(ended: Ended): RunOutcome {
    if (failure) return failed(failure);
    const head = headOf(ended.channels);
    switch (ended.kind) {
      case "completed":
        return { kind: "completed", ...head };
      case "drained":
        tellSent(replayed, context.sink);
        return { kind: "drained" };
      case "paused":
        return { kind: "paused", ...head, interrupts: ended.interrupts };
      case "aborted":
        return { kind: "aborted", ...head, unfinished: ended.unfinished, interrupts: ended.interrupts };
      case "failed":
        log(ended.logged, ended.at ?? undefined);
        if (!ended.refusal) return { kind: "failed", ...head, error: ended.error };
        context.sink.emit({ event: STREAM_ONLY.refused, data: JSON.stringify(ended.refusal) }, "structural");
        return { kind: "failed", ...head, error: ended.error, untouched: true };
    }
  }

  /** The child has died in the middle of the run. */
  function afterLoss(error: ChildGone): RunOutcome {
    const { run_id } = invocation;
    deps.logger.error("the process of a run has ended", { run_id, thread_id, graph_id, error: error.message });
    if (!context.signal.aborted) return { kind: "crashed" };
    return { kind: "aborted", ...headOf(null), unfinished: watch.head() !== undefined, interrupts: {} };
  }

  function failed(error: unknown): RunOutcome {
    const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
    log({ error: name, message });
    return { kind: "failed", ...headOf(null), error: { error: name, message } };
  }

  /** The only place where a failed run's text is logged when clients are not shown it. Cut, since it may quote user data. */
  function log({ error, message }: ErrorDetail, thrown_at?: string): void {
    const { run_id, attempt } = invocation;
    const text = `${error}: ${message.slice(0, LOGGED_CHARACTERS)}`;
    const location = thrown_at === undefined ? {} : { thrown_at };
    deps.logger.error("run failed", { run_id, thread_id, graph_id, attempt, error: text, ...location });
  }
}

/** @param flags `resumed`: an earlier claim has left a head; `answered`: it has used answers; `outlined`: heads get outlines */
function requestOf(invocation: Invocation, flags: { resumed: boolean; answered: boolean; outlined: boolean }): object {
  const { run_id, thread_id, graph_id, attempt, handed_off, kwargs } = invocation;
  const {
    configurable,
    metadata,
    context = {},
  } = runSettings(invocation, { version: undefined, resumed: flags.resumed });
  const { tags, recursion_limit, max_concurrency, run_name } = kwargs.config;
  const { input, command, stream_mode, subgraphs, interrupt_before, interrupt_after, durability } = kwargs;
  return {
    run_id,
    thread_id,
    graph_id,
    attempt,
    handed_off,
    ...flags,
    kwargs: {
      input,
      command,
      stream_mode,
      subgraphs,
      interrupt_before,
      interrupt_after,
      durability,
      context,
      config: { configurable, metadata, tags, recursion_limit, max_concurrency, run_name },
      temporary: kwargs.temporary,
      strict_resume: kwargs.strict_resume ?? false,
      blocks: kwargs.event_version === "v3",
    },
  };
}

/** Tells the child of cancel and hand-over. One that does not stop when it is cancelled blocks its event loop, and with it other runs. */
function passOn(
  { signal, drain }: RunContext,
  { call, child, until }: { call: Call; child: Child; until: AbortSignal },
): void {
  const on = (asked: AbortSignal, tell: () => void): void => {
    if (asked.aborted) tell();
    else asked.addEventListener("abort", tell, { once: true, signal: until });
  };
  on(drain, () => call.notify("drain"));
  on(signal, () => {
    call.notify("abort");
    const timer = setTimeout(() => child.end(), ABORT_PATIENCE);
    until.addEventListener("abort", () => clearTimeout(timer), { once: true });
  });
}
