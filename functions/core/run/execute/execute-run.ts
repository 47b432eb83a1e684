/** Executes a claimed run until it ends, is handed over, or its claim is lost (design 4.2). The caller gives a deadline and a signal. */
import type { RunKwargs } from "../../../protocol/run.ts";
import { guardCheckpoints } from "../../checkpoint/guard-checkpoints.ts";
import { Unclear } from "../../failure/failure.ts";
import { checkpointGone, missingCheckpoint, selectedIn } from "../../checkpoint/selected-checkpoint.ts";
import { LogWriter, type AppendPosition } from "../../log/log-writer.ts";
import { fenceLog, openLog } from "../../log/open-log.ts";
import { OrderedEvents } from "../../log/order-events.ts";
import type { Ports } from "../../ports.ts";
import { untilClear } from "../../failure/retry.ts";
import { STREAM_ONLY } from "../../stream/stream-only.ts";
import type { Claim } from "../claim.ts";
import { answeredIds } from "./answered-ids.ts";
import { sendQuietly } from "../create/send-run.ts";
import { type Ending, failed, impossible, impossibleDetail, noProgress, runLost, stopped } from "../end/endings.ts";
import { finishRun, type FinishState } from "../end/finish-run.ts";
import { decodeKwargs } from "../read-runs.ts";
import { goesWithThread, runIds } from "../run-row.ts";
import { ABORT_GRACE, NO_PROGRESS_CLAIMS, redriveAfter } from "../timings.ts";
import { newestHead } from "./claim-run.ts";
import { endLease, endLeaseAtStop } from "./end-lease.ts";
import type { Invocation, RunOutcome } from "./engine-port.ts";
import { holdLease } from "./hold-lease.ts";
import { endingOf, type Failed, thrown } from "./outcome-ending.ts";
import { sentBefore } from "./sent-before.ts";

/** What the invocation allows a run. */
export interface RunHost {
  /** Aborted when the invocation's time is nearly over: the run is handed over at the next superstep. */
  drain: AbortSignal;
  /** ms until the invocation is cut off, if ever. */
  timeLeft?: () => number;
  /** ms between flushes of tokens, if not the default. */
  flushMs?: number;
  /** Aborted when the process stops. */
  stopping?: AbortSignal;
  /** Keeps work alive that the invocation does not wait for. Absent where a process is frozen between invocations. */
  waitUntil?: (work: Promise<void>) => void;
}

/** Reason with which signals are aborted. The default reason is an Error with a stack, which costs as much as a call of the table. */
const ENDED = "the claim is over";

export type Executed = "finished" | "handed_over" | "lost";

/** @returns `lost`: another worker owns the run or has ended it. Nothing that this claim writes from here on is visible. */
export async function executeRun(ports: Ports, claim: Claim, host: RunHost): Promise<Executed> {
  const over = new AbortController();
  const stop = new AbortController();
  try {
    const reached = await reachEnd(ports, { claim, over, stop, host }).catch((error: unknown) =>
      endOfImpossible(ports, claim, error),
    );
    if (typeof reached === "string") return reached;
    return await finishRun(ports, claim, reached.state, reached.ending);
  } finally {
    over.abort(ENDED);
    stop.abort(ENDED);
  }
}

/** How the run ends, and where that is written. */
interface Reached {
  state: FinishState;
  ending: Ending;
}

async function reachEnd(ports: Ports, attempt: Attempt): Promise<Reached | "handed_over" | "lost"> {
  const { claim, over } = attempt;
  const { run } = claim;
  if (run.no_progress_claims > NO_PROGRESS_CLAIMS) {
    const found = await newestHead(ports, run);
    if (found === run.last_checkpoint_id) return fenced(ports, claim, noProgress(run, found ?? ""));
  }
  const [position, kwargs] = await Promise.all([openLog(ports, claim, over.signal), loadKwargs(ports, claim)]);
  if (position === "fenced") return "lost";
  // Read after the log was opened: by then everything that an older claim has announced is stored.
  const after = run.epoch > 1 ? await newestHead(ports, run) : null;
  if (run.epoch > 1) await closeOlder(ports, claim, after ?? "");
  const end = (ending: Ending): Reached => ({ state: { position, opened: true }, ending });
  if (run.cancel) return end(stopped(after ?? ""));
  if (!kwargs) return end(runLost("the input of the run cannot be read", after ?? ""));
  // The checkpoint to start from may have been removed since this run was created.
  const missing = after === null ? await startMissing(ports, run.thread_id, kwargs) : undefined;
  if (missing !== undefined) return end(failed(checkpointGone(missing), ""));
  const sent = await sentBefore(ports, claim, position);
  return runGraph(ports, { ...attempt, position, kwargs, after, sent });
}

/** For an end that no graph has reached, behind a record that keeps older claims out. */
async function fenced(ports: Ports, claim: Claim, ending: Ending): Promise<Reached | "lost"> {
  const position = await fenceLog(ports, claim);
  return position === "fenced" ? "lost" : { state: { position, opened: true, settled: false }, ending };
}

/**
 * What is impossible for this claim is so for the next: the run ends, where a write is still possible.
 * @throws `error` if it is Unclear: another claim may have more luck
 */
async function endOfImpossible(ports: Ports, claim: Claim, error: unknown): Promise<Reached | "lost"> {
  if (error instanceof Unclear) throw error;
  logImpossible(ports, claim, error);
  return fenced(ports, claim, impossible(error, (await newestHead(ports, claim.run)) ?? ""));
}

const logImpossible = ({ logger }: Ports, { run }: Claim, error: unknown): void =>
  logger.error("the run cannot go on", { ...runIds(run), error: String(error) });

/**
 * Hides what older claims of this run still write: heads (model rule closedEpochsHideHeads) and, if their workers may still run, pending
 * writes (sealedClaimsHideWrites). A worker that has handed its run over writes no more.
 */
async function closeOlder({ clock, checkpoints }: Ports, { run }: Claim, after: string): Promise<void> {
  const { thread_id, log_start = 0, epoch } = run;
  const older = { log_start, epoch: epoch - 1 };
  await untilClear<unknown>(clock, () => {
    const closing = { claim: older, after, by: epoch };
    return run.opening === "fence" ? checkpoints.close(thread_id, closing) : checkpoints.seal(thread_id, closing);
  });
}

const startMissing = (ports: Ports, thread_id: string, kwargs: RunKwargs): Promise<string | undefined> =>
  untilClear(ports.clock, () => missingCheckpoint(ports, thread_id, selectedIn(kwargs)));

/** undefined if the input cannot be read, now or later. */
async function loadKwargs(ports: Ports, { run, input }: Claim): Promise<RunKwargs | undefined> {
  const bytes = input ?? (await untilClear(ports.clock, () => ports.inputs.get(run.run_id, run.input_parts)));
  try {
    return bytes && decodeKwargs(bytes);
  } catch (error) {
    ports.logger.error("input cannot be decoded", { run_id: run.run_id, error: String(error) });
    return undefined;
  }
}

interface Attempt {
  claim: Claim;
  /** Aborted when this claim may write no more. */
  over: AbortController;
  /** Aborted to end the heartbeat. */
  stop: AbortController;
  host: RunHost;
}

interface Execution extends Attempt {
  position: AppendPosition;
  kwargs: RunKwargs;
  after: string | null;
  sent: Pick<Invocation, "sent">;
}

async function runGraph(ports: Ports, execution: Execution): Promise<Reached | "handed_over" | "lost"> {
  const { claim, position, kwargs, over, stop, host } = execution;
  const { run } = claim;
  const abort = new AbortController();
  let lost = false;
  const loseClaim = () => {
    // The heartbeat failed because the run was finished meanwhile. The finish itself tells whether the run was lost.
    if (over.signal.aborted) return;
    lost = true;
    over.abort();
    abort.abort();
    ports.logger.warn("claim lost", runIds(run));
  };
  /** Set when something that the run needs can never be done. */
  const broken = Promise.withResolvers<Failed>();
  let failure: Failed | undefined;
  const onImpossible = (error: unknown) => {
    if (over.signal.aborted || failure) return;
    logImpossible(ports, claim, error);
    failure = { kind: "failed", error: impossibleDetail(error) };
    broken.resolve(failure);
    abort.abort();
  };
  const writer = new LogWriter(position, {
    clock: ports.clock,
    log: ports.log,
    onFenced: loseClaim,
    onImpossible,
    signal: over.signal,
    ...(host.flushMs !== undefined && { flushMs: host.flushMs }),
  });
  const events = new OrderedEvents(writer, ports.clock);
  const guarded = guardCheckpoints(ports.checkpoints, events, ports.clock, {
    over: over.signal,
    temporary: goesWithThread(run),
  });
  const onCancel = (cancel: NonNullable<typeof run.cancel>) => {
    claim.run = { ...claim.run, cancel };
    abort.abort();
  };
  void holdLease(ports, claim, { lost: loseClaim, cancelled: onCancel, impossible: onImpossible }, stop.signal);
  if (host.stopping) void endLeaseAtStop(ports, claim, host.stopping, stop);

  const answered = run.opening === "first" ? answeredIds(kwargs) : [];
  if (answered.length > 0)
    events.emit({ event: STREAM_ONLY.answered, data: JSON.stringify({ interrupt_ids: answered }) }, "structural");
  ports.logger.info("run started", runIds(run));
  const running = ports.engine
    .run(
      { ...invocationOf(claim, kwargs), ...execution.sent },
      {
        sink: events,
        checkpoints: guarded.store,
        signal: abort.signal,
        drain: host.drain,
      },
    )
    .catch(thrown);
  const begun = (): boolean => (guarded.newest() ?? execution.after) !== null;
  const outcome = await Promise.race([broken.promise, running, leftBehind(ports, abort.signal, begun)]);
  if (lost) return "lost";
  if (outcome.kind === "drained") {
    await guarded.idle();
    const handed = await handOver(ports, claim, events);
    if (handed === "handed_over" || !failure) return handed;
  }

  if (outcome.kind === "crashed" && !failure) {
    await guarded.idle();
    return leave(ports, execution, events);
  }

  await events.close();
  const sealed = await writer.seal();
  if (sealed === "fenced") return "lost";
  over.abort(ENDED);
  await guarded.idle();
  const after = guarded.newest() ?? execution.after ?? "";
  // Its last events may have failed when the graph had ended, or handed over.
  const end = failure ?? (outcome.kind === "drained" || outcome.kind === "crashed" ? undefined : outcome);
  if (!end) return "lost";
  const ending = endingOf(end, { after, events: sealed.events });
  return { state: { position: { ...position, next: sealed.slot }, opened: true, settled: guarded.settled() }, ending };
}

function invocationOf({ run, thread }: Claim, kwargs: RunKwargs): Invocation {
  const { run_id, thread_id, assistant_id, graph_id, attempt, epoch, metadata, log_start } = run;
  const claim = { log_start: log_start ?? 0, epoch };
  const fresh = log_start === 1 && epoch === 1 && thread.head === undefined;
  const handed_off = run.opening === "fence";
  const newest = thread.head && { newest: thread.head.checkpoint_id };
  return { run_id, thread_id, assistant_id, graph_id, attempt, claim, handed_off, kwargs, metadata, fresh, ...newest };
}

/**
 * Leaves behind a graph that does not stop on its signal. What it still emits or saves reaches nothing.
 * @param begun whether the run has a checkpoint to go on from
 */
async function leftBehind(ports: Ports, signal: AbortSignal, begun: () => boolean): Promise<RunOutcome> {
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  await ports.clock.sleep(ABORT_GRACE);
  return { kind: "aborted", unfinished: begun(), interrupts: {} };
}

/** Leaves the run to the next claim, at once: as if this worker had died with the process that ran the graph. */
async function leave(ports: Ports, { claim, stop }: Execution, events: OrderedEvents): Promise<"lost"> {
  await events.flush();
  stop.abort(ENDED);
  await endLease(ports, claim.run, "the process that ran the graph has died");
  await sendQuietly(ports, claim.run);
  return "lost";
}

async function handOver(ports: Ports, claim: Claim, events: OrderedEvents): Promise<"handed_over" | "lost"> {
  if ((await events.flush()) === "fenced") return "lost";
  const now = ports.clock.now();
  const released = await ports.runs.release(claim.run, claim.run.owner, { now, due: now + redriveAfter(1) });
  if (released === "lost") return "lost";
  ports.logger.info("run handed over", runIds(claim.run));
  await sendQuietly(ports, claim.run);
  return "handed_over";
}
