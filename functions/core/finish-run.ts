/**
 * Finish: last slot, run row, thread row, closed claim and the next run's activation in one transaction, so that nobody can see an
 * interrupt, an end or a final status that a following request contradicts (design 5.4, model `finish`). Must not run a graph.
 */
import type { ErrorDetail, ThreadStatus } from "../protocol/thread.ts";
import type { Seal } from "./checkpoint-port.ts";
import type { Claim } from "./claim-run.ts";
import { webhookAfter } from "./deliver-webhook.ts";
import { unwritable } from "./endings.ts";
import { firstSlot } from "./first-slot.ts";
import { type Pen, slotsOf } from "./log-writer.ts";
import { waitsOn } from "./new-run.ts";
import { logTail } from "./open-log.ts";
import { type FinishTransaction, Impossible, type Ports } from "./ports.ts";
import {
  type FinalStatus,
  type HeadRef,
  type Interrupts,
  isFinal,
  type LogEvent,
  type RunningRun,
  type ThreadRow,
} from "./rows.ts";
import { sendQuietly } from "./send-run.ts";
import { jsonBytes } from "./size-limits.ts";
import { APPEND_RETRY, INTERRUPTS_BYTES, nudgeAfter } from "./timings.ts";

export interface Ending {
  status: Exclude<FinalStatus, "rolled_back" | "deleted">;
  thread_status: Exclude<ThreadStatus, "busy">;
  /** The thread's error after the run; null clears that of an earlier run. */
  error: ErrorDetail | null;
  interrupts: Interrupts;
  /** Newest root checkpoint, if this run wrote one. */
  head?: HeadRef;
  /** Newest checkpoint, of any namespace, of this run that exists for readers; '' = none. */
  after: string;
  /** Go into the last slot, with the end record. */
  events: LogEvent[];
}

type FinishPorts = Pick<Ports, "clock" | "log" | "logger" | "queue" | "runs" | "threads" | "checkpoints">;

interface Place {
  pen: Pen;
  /** The claim has opened the log and closed older claims: a foreign record at its pen means that it is fenced. */
  opened: boolean;
  /** False if a put of this claim may still arrive after the end. */
  settled?: boolean;
}

/**
 * Repeats what is unclear until it is clear. An ending that can never be written is replaced by one that can (model rule everyEndIsWritable).
 * @throws Impossible if not even that can be written
 */
export async function finishRun(
  ports: FinishPorts,
  claim: Claim,
  place: Place,
  asked: Ending,
): Promise<"finished" | "lost"> {
  let ending = asked;
  const { pen } = place;
  // The row that the claim has read is mostly still the newest; if not, the revision refuses the write and the row is read again.
  let seen: ThreadRow | undefined = claim.thread;
  /** How many parts of these events are in the log already, before the last slot. */
  let parted: { events: LogEvent[]; count: number } = { events: ending.events, count: 0 };
  for (;;) {
    try {
      // The cancel poll may change the claim at any await, but the intent acted on must be the one in the condition: so, a copy.
      const acted = { ...claim };
      const actual = await withCancel(ports, acted, ending, place);
      const thread = seen ?? (await ports.threads.get(claim.run.thread_id));
      seen = undefined;
      if (!thread || thread.gen !== claim.run.gen || thread.active_run !== claim.run.run_id) {
        if (!(await hasEnded(ports, claim))) return "lost";
        // An earlier try has ended it and its answer was lost: the run that it made active was not sent.
        if (thread?.active_run) await sendQuietly(ports, { ...claim.run, run_id: thread.active_run });
        return "finished";
      }
      // A cancel that came meanwhile changes the events: parts of the old ones stay behind and mean nothing.
      if (parted.events !== actual.events && parted.count > 0)
        pen.next = Math.min((await logTail(ports, pen.thread_id)) + 1, pen.next + parted.count);
      const parts = slotsOf(pen, actual.events, ports.clock.now());
      parted = { events: actual.events, count: parts.length - 1 };
      for (const part of parts.slice(0, -1))
        if ((await ports.log.append(pen.thread_id, part)) === "fenced") return "lost";
      const transaction = transactionFor(ports, acted, thread, actual, parts);
      const result = await ports.runs.finish(transaction);
      if (result === "finished" || (await hasEnded(ports, claim))) {
        ports.logger.info("run finished", { ...idsOf(claim.run), attempt: claim.run.attempt, status: actual.status });
        if (transaction.next) await sendNext(ports, { ...claim.run, run_id: transaction.next.run_id });
        return "finished";
      }
      if ((await lookAgain(ports, claim, place, parted.count)) === "lost") return "lost";
    } catch (error) {
      if (isHopeless(error)) {
        ports.logger.error("the end cannot be written", { ...idsOf(claim.run), error: String(error) });
        if (ending !== asked) throw error;
        ending = unwritable(asked, error);
        continue;
      }
      ports.logger.warn("finish is unclear, repeated", { ...idsOf(claim.run), error: String(error) });
      await ports.clock.sleep(APPEND_RETRY);
      if ((await lookAgain(ports, claim, place, parted.count).catch(() => "again")) === "lost") return "lost";
    }
  }
}

/** Repeating does not help: the table refuses it by its size, or no text or buffer can hold it. */
const isHopeless = (error: unknown): boolean => error instanceof Impossible || error instanceof RangeError;

/** The run that waited behind this one has become active. */
async function sendNext(ports: FinishPorts, next: Pick<RunningRun, "run_id" | "thread_id">): Promise<void> {
  ports.logger.info("run activated", { run_id: next.run_id, thread_id: next.thread_id, attempt: 0 });
  await sendQuietly(ports, next);
}

const idsOf = ({ run_id, thread_id }: RunningRun) => ({ run_id, thread_id });

/** After a transaction that failed or is unclear: is the run still ours, has a cancel come, is the slot taken? */
async function lookAgain(ports: FinishPorts, claim: Claim, place: Place, ownParts: number): Promise<"again" | "lost"> {
  const row = await ports.runs.get(claim.run);
  if (!row || row.gen !== claim.run.gen) return "lost";
  if (isFinal(row)) return row.owner === claim.run.owner ? "again" : "lost";
  if (row.status === "pending" || row.owner !== claim.run.owner) return "lost";
  if (row.cancel !== claim.run.cancel) claim.run = { ...claim.run, ...(row.cancel && { cancel: row.cancel }) };
  const tail = await logTail(ports, row.thread_id);
  if (tail < place.pen.next + ownParts) return "again";
  if (place.opened) return "lost";
  place.pen.next = tail + 1;
  return "again";
}

async function hasEnded(ports: FinishPorts, { run }: Claim): Promise<boolean> {
  const row = await ports.runs.get(run);
  return row !== undefined && isFinal(row) && row.owner === run.owner;
}

/** Closes before it removes: a put still under way could otherwise bring back a head that the removal did not see. */
async function removeCheckpoints(ports: FinishPorts, { thread_id, log_start, epoch }: RunningRun): Promise<void> {
  if (log_start === undefined) return;
  await ports.checkpoints.close(thread_id, { claim: { log_start, epoch }, after: "", by: epoch });
  await ports.checkpoints.remove(thread_id, log_start);
}

/**
 * Looks for the checkpoint that the thread shows from now on, if the graph has not told it. The claims are closed first, so that no newer
 * one appears; they are sealed instead if their workers may not know yet that they have lost the run.
 */
async function leftBy(
  ports: FinishPorts,
  { run: { thread_id, log_start, epoch }, thread }: Claim,
  ending: Ending & Pick<Actual, "status">,
  { opened, settled = opened }: Place,
): Promise<Pick<Actual, "head" | "seal">> {
  const { head, after } = ending;
  if (isUndone(ending) || log_start === undefined) return {};
  const closing = { claim: { log_start, epoch }, after, by: epoch };
  // Epoch 1 without an opened log only ends a run that no worker ever claimed: there is nothing to seal.
  const mayWrite = !settled && (opened || epoch > 1);
  const sealed = mayWrite ? { seal: await ports.checkpoints.seal(thread_id, closing) } : {};
  if (head || after === "") return sealed;
  if (!mayWrite) await ports.checkpoints.close(thread_id, closing);
  const newest = await ports.checkpoints.head(thread_id, "");
  if (!newest || newest.checkpoint_id === thread.head?.checkpoint_id) return sealed;
  return { ...sealed, head: { checkpoint_id: newest.checkpoint_id } };
}

type Actual = Omit<Ending, "status"> & { status: FinalStatus; deleteThread: boolean; seal?: Seal };

/** An accepted cancel is never a success: the intent on the row decides how the run ends (design 5.8). */
async function withCancel(ports: FinishPorts, claim: Claim, ending: Ending, place: Place): Promise<Actual> {
  const { run, thread } = claim;
  const cancel = run.cancel;
  if (cancel === undefined) return { ...ending, ...(await leftBy(ports, claim, ending, place)), deleteThread: false };
  if (cancel === "interrupt") {
    const message = "interrupt requested via POST /threads/{thread_id}/runs/{run_id}/cancel";
    const interrupted = { ...ending, status: "interrupted", error: { error: "UserInterrupt", message } } as const;
    return { ...interrupted, ...(await leftBy(ports, claim, interrupted, place)), deleteThread: false };
  }
  if (cancel === "delete") return { ...ending, status: "deleted", after: "", deleteThread: true };

  await removeCheckpoints(ports, run);
  const before = await ports.checkpoints.head(run.thread_id, "");
  const channels = ending.head?.channels ?? thread.head?.channels;
  const { head: _written, ...rest } = ending;
  return {
    ...rest,
    status: "rolled_back",
    thread_status: "idle",
    error: { error: "UserRollback", message: "rollback requested via POST /threads/{thread_id}/runs/{run_id}/cancel" },
    interrupts: {},
    events: [],
    after: "",
    deleteThread: false,
    ...(before && { head: { checkpoint_id: before.checkpoint_id, ...(channels && { channels }) } }),
  };
}

function transactionFor(
  ports: FinishPorts,
  { run }: Claim,
  thread: ThreadRow,
  actual: Actual,
  parts: ReturnType<typeof slotsOf>,
): FinishTransaction {
  const last = parts.at(-1);
  if (!last) throw new Error("a batch has at least one slot");
  const now = ports.clock.now();
  const ended_at = new Date(now).toISOString();
  const waiting = actual.deleteThread ? undefined : thread.queue[0];
  const next =
    waiting === undefined
      ? undefined
      : {
          run_id: waiting,
          first: firstSlot(waiting, run.gen, last.slot + 1, now),
          now,
          due: now + nudgeAfter(1),
          ...waitsOn(statusAfter(run, actual)),
        };
  const end = { ...last, nonce: `${run.owner}.end.${actual.status}`, end: actual.status };
  const interrupts = onRows(actual);
  const head = headAfter(thread, actual);
  return {
    run,
    owner: run.owner,
    seen_cancel: run.cancel,
    result: {
      status: actual.status,
      ended_at,
      log_end: last.slot,
      ...(head && { head }),
      ...(actual.error && { error: actual.error }),
      ...(interrupts && { interrupts }),
    },
    end,
    thread: {
      row: threadAfter(thread, run, actual, {
        ended_at,
        log_tail: next ? last.slot + 1 : last.slot,
        next: next?.run_id,
      }),
      seen: thread.rev,
    },
    closed: {
      claim: { log_start: run.log_start ?? 0, epoch: run.epoch },
      after: actual.after,
      undone: isUndone(actual),
      ...(actual.seal && { seal: actual.seal }),
    },
    // Whoever deletes a thread has nothing left to be told.
    webhooks: actual.deleteThread ? [] : webhookAfter(run, now),
    ...(next && { next }),
  };
}

function threadAfter(
  thread: ThreadRow,
  run: RunningRun,
  actual: Actual,
  at: { ended_at: string; log_tail: number; next: string | undefined },
): ThreadRow {
  const { head: _before, interrupts: _asked, ...kept } = thread;
  const interrupts = leavesWaiting(run, actual) ? thread.interrupts : onRows(actual);
  const newHead = headAfter(thread, actual);
  const ends = actual.deleteThread || (thread.temporary && run.on_completion === "delete" && at.next === undefined);
  return {
    ...kept,
    rev: thread.rev + 1,
    updated_at: at.ended_at,
    ...(actual.head && { state_updated_at: at.ended_at }),
    active_run: at.next ?? null,
    queue: actual.deleteThread ? [] : thread.queue.slice(1),
    status: at.next === undefined ? statusAfter(run, actual) : "busy",
    log_tail: at.log_tail,
    deleted: ends,
    temporary: thread.temporary && ends && !actual.deleteThread,
    error: actual.error,
    ...(newHead && { head: newHead }),
    ...(interrupts && { interrupts }),
  };
}

/** Rolled back, or cancelled before its first checkpoint. */
const isUndone = ({ status, after }: Pick<Actual, "status" | "after">): boolean =>
  status === "rolled_back" || (status === "interrupted" && after === "");

/** The question that the thread was waiting with before the run is open again. */
const leavesWaiting = ({ waits }: RunningRun, actual: Actual): boolean => waits === true && isUndone(actual);

const statusAfter = (run: RunningRun, actual: Actual): Ending["thread_status"] =>
  leavesWaiting(run, actual) ? "interrupted" : actual.thread_status;

/** After a run without a checkpoint the thread shows its earlier head. */
const headAfter = ({ head }: ThreadRow, actual: Actual): HeadRef | undefined =>
  actual.status === "rolled_back" ? actual.head : (actual.head ?? head);

/** Rows stay small: readers take large interrupts from the state. */
const onRows = ({ interrupts }: Actual): Interrupts | undefined =>
  jsonBytes(interrupts) <= INTERRUPTS_BYTES ? interrupts : undefined;
