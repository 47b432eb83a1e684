/** The transaction that ends a run: last slot, run row, thread row, closed claim, webhook and the next run's activation (design 4.4). */
import { firstSlot } from "../../log/first-slot.ts";
import type { Slot } from "../../log/slot.ts";
import { jsonBytes } from "../../json/size-limits.ts";
import { renewed } from "../../thread/lifetime.ts";
import type { HeadRef, Interrupts, ThreadRow } from "../../thread/thread-row.ts";
import { webhookAfter } from "../../webhook/deliver-webhook.ts";
import type { Claim } from "../claim.ts";
import { waitsOn } from "../create/new-run.ts";
import type { FinishTransaction } from "../run-ports.ts";
import { goesWithThread, type RunningRun } from "../run-row.ts";
import { INTERRUPTS_BYTES, redriveAfter } from "../timings.ts";
import { type DecidedEnding, isUndone } from "./decide-ending.ts";
import type { Ending } from "./endings.ts";

/** @param last the slot that gets the end record; `now` in ms */
export function finishTransaction(
  { run }: Claim,
  thread: ThreadRow,
  actual: DecidedEnding,
  { last, now }: { last: Slot; now: number },
): FinishTransaction {
  const ended_at = new Date(now).toISOString();
  const waiting = actual.deleteThread ? undefined : thread.queue[0];
  const next =
    waiting === undefined
      ? undefined
      : {
          run_id: waiting,
          first: firstSlot(waiting, run.gen, last.slot + 1, now),
          now,
          due: now + redriveAfter(1),
          ...waitsOn(statusAfter(run, actual, thread)),
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
    // A deleted thread has no webhooks left to deliver.
    webhooks: actual.deleteThread ? [] : webhookAfter(run, now),
    ...(next && { next }),
  };
}

function threadAfter(
  thread: ThreadRow,
  run: RunningRun,
  actual: DecidedEnding,
  outcome: { ended_at: string; log_tail: number; next: string | undefined },
): ThreadRow {
  const { head: _before, interrupts: _asked, listed_by_run: _listed, ...kept } = thread;
  const { untouched = false } = actual;
  const interrupts = leavesWaiting(run, actual) ? thread.interrupts : onRows(actual);
  const newHead = headAfter(thread, actual);
  const ends = actual.deleteThread || (thread.temporary && goesWithThread(run) && outcome.next === undefined);
  return {
    ...kept,
    ...renewed(thread, Date.parse(outcome.ended_at)),
    rev: thread.rev + 1,
    updated_at: outcome.ended_at,
    ...(actual.head && { state_updated_at: outcome.ended_at }),
    active_run: outcome.next ?? null,
    ...(outcome.next !== undefined && { listed_by_run: true }),
    queue: actual.deleteThread ? [] : thread.queue.slice(1),
    status: outcome.next === undefined ? statusAfter(run, actual, thread) : "busy",
    log_tail: outcome.log_tail,
    deleted: ends,
    temporary: thread.temporary && ends && !actual.deleteThread,
    error: untouched ? (thread.error ?? null) : actual.error,
    ...(newHead && { head: newHead }),
    ...(interrupts && { interrupts }),
  };
}

/** The thread was interrupted before this run and is so again. */
const leavesWaiting = ({ waits }: RunningRun, actual: DecidedEnding): boolean =>
  waits === true && (isUndone(actual) || actual.untouched === true);

function statusAfter(run: RunningRun, actual: DecidedEnding, { error }: ThreadRow): Ending["thread_status"] {
  if (leavesWaiting(run, actual)) return "interrupted";
  if (actual.untouched) return error ? "error" : "idle";
  return actual.thread_status;
}

/** After a run without a checkpoint the thread shows its earlier head. */
const headAfter = ({ head }: ThreadRow, actual: DecidedEnding): HeadRef | undefined =>
  actual.status === "rolled_back" ? actual.head : (actual.head ?? head);

/** Rows stay small: large interrupts are read from the state. */
const onRows = ({ interrupts }: DecidedEnding): Interrupts | undefined =>
  jsonBytes(interrupts) <= INTERRUPTS_BYTES ? interrupts : undefined;
