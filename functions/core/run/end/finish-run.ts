/**
 * Finish: last slot, run row, thread row, closed claim and the next run's activation in one transaction. So nobody sees an interrupt, an
 * end or a final status that a following request contradicts (design 4.4, model `finish`).
 */
import { Unclear } from "../../failure/failure.ts";
import { logTail } from "../../log/log-tail.ts";
import { type AppendPosition, slotsOf } from "../../log/log-writer.ts";
import type { LogEvent } from "../../log/slot.ts";
import type { Ports } from "../../ports.ts";
import { contended, FINISH, LOST_RACE, startTries } from "../../failure/retry.ts";
import type { ThreadRow } from "../../thread/thread-row.ts";
import type { Claim } from "../claim.ts";
import { sendQuietly } from "../create/send-run.ts";
import { isFinal, runIds, type RunningRun } from "../run-row.ts";
import { type ClaimState, decideEnding } from "./decide-ending.ts";
import { type Ending, unwritable } from "./endings.ts";
import { finishTransaction } from "./finish-transaction.ts";

/** Where the end is written. */
export interface FinishState extends ClaimState {
  position: AppendPosition;
}

type FinishPorts = Pick<Ports, "clock" | "log" | "logger" | "queue" | "runs" | "threads" | "checkpoints">;

/**
 * Repeats what is unclear, as `policy` says. An ending that can never be written is logged and replaced by one that can (model rule
 * everyEndIsWritable).
 * @throws what refuses that one, too, or is unclear in the end
 */
export async function finishRun(
  ports: FinishPorts,
  claim: Claim,
  state: FinishState,
  asked: Ending,
  policy = FINISH,
): Promise<"finished" | "lost"> {
  const tries = startTries(policy, ports.clock);
  const races = startTries(LOST_RACE, ports.clock);
  let ending = asked;
  const { position } = state;
  // The row that the claim has read is usually still the newest. If not, the revision condition fails and the row is read again.
  let seen: ThreadRow | undefined = claim.thread;
  /** How many slots of these events are in the log already, before the last slot. */
  let parted: { events: LogEvent[]; count: number } = { events: ending.events, count: 0 };
  for (;;) {
    try {
      // A copy: the cancel poll may change the claim at any await, and the condition must name the intent that was acted on.
      const acted = { ...claim };
      const actual = await decideEnding(ports, acted, ending, state);
      const thread = seen ?? (await ports.threads.get(claim.run.thread_id));
      seen = undefined;
      if (!thread || thread.gen !== claim.run.gen || thread.active_run !== claim.run.run_id) {
        if (!(await hasEnded(ports, claim))) return "lost";
        // An earlier try has finished the run but its answer was lost: the next run was not sent.
        if (thread?.active_run) await sendQuietly(ports, { ...claim.run, run_id: thread.active_run });
        return "finished";
      }
      // A cancel has changed the events. Parts of the old ones stay in the log, and readers skip them.
      if (parted.events !== actual.events && parted.count > 0)
        position.next = Math.min((await logTail(ports, position.thread_id)) + 1, position.next + parted.count);
      const parts = slotsOf(position, actual.events, ports.clock.now());
      const last = parts.pop();
      if (!last) throw new Error("a batch has at least one slot");
      parted = { events: actual.events, count: parts.length };
      for (const part of parts) if ((await ports.log.append(position.thread_id, part)) === "fenced") return "lost";
      const transaction = finishTransaction(acted, thread, actual, { last, now: ports.clock.now() });
      const result = await ports.runs.finish(transaction);
      if (result === "finished" || (await hasEnded(ports, claim))) {
        ports.logger.info("run finished", { ...runIds(claim.run), status: actual.status });
        if (transaction.next) await sendNext(ports, { ...claim.run, run_id: transaction.next.run_id });
        return "finished";
      }
      if ((await lookAgain(ports, claim, state, parted.count)) === "lost") return "lost";
      await races.again(contended("the thread"));
    } catch (error) {
      if (!(error instanceof Unclear)) {
        if (ending !== asked) throw error;
        ports.logger.error("the end cannot be written", { ...runIds(claim.run), error: String(error) });
        ending = unwritable(asked, error);
        continue;
      }
      if (tries.failures === 0)
        ports.logger.warn("finish is unclear, repeated", { ...runIds(claim.run), error: String(error) });
      await tries.again(error);
      if ((await lookAgain(ports, claim, state, parted.count).catch(() => "again")) === "lost") return "lost";
    }
  }
}

/** The run that waited behind this one has become active. */
async function sendNext(ports: FinishPorts, next: Pick<RunningRun, "run_id" | "thread_id">): Promise<void> {
  ports.logger.info("run activated", { run_id: next.run_id, thread_id: next.thread_id, attempt: 0 });
  await sendQuietly(ports, next);
}

/** After a transaction that failed or is unclear: is the run still ours, was it cancelled, is the slot taken? */
async function lookAgain(
  ports: FinishPorts,
  claim: Claim,
  state: FinishState,
  ownParts: number,
): Promise<"again" | "lost"> {
  const row = await ports.runs.get(claim.run);
  if (!row || row.gen !== claim.run.gen) return "lost";
  if (isFinal(row)) return row.owner === claim.run.owner ? "again" : "lost";
  if (row.status === "pending" || row.owner !== claim.run.owner) return "lost";
  if (row.cancel !== claim.run.cancel) claim.run = { ...claim.run, ...(row.cancel && { cancel: row.cancel }) };
  const tail = await logTail(ports, row.thread_id);
  if (tail < state.position.next + ownParts) return "again";
  if (state.opened) return "lost";
  state.position.next = tail + 1;
  return "again";
}

async function hasEnded(ports: FinishPorts, { run }: Claim): Promise<boolean> {
  const row = await ports.runs.get(run);
  return row !== undefined && isFinal(row) && row.owner === run.owner;
}
