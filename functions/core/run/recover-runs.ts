/**
 * Recovery: the queue is only a hint (design 4.6). What a reader or the sweep finds unheld is sent again, in a throttled rhythm, or ended.
 * Must not run a graph, nor end a run without claiming it.
 *
 * A run that is due is in one of these states; the sweep does, in this order:
 *   final, gone, or waiting in a queue     nothing
 *   delayed, and its time has come         admit it, and send it
 *   held by a worker whose lease holds     nothing
 *   unheld, too many claims, no progress   end with error: its last claimant died while ending it
 *   unheld, nobody came for hours          end with error
 *   unheld                                 send again, if the last send is long enough ago
 */
import type { Ports } from "../ports.ts";
import { admitDelayed } from "./create/admit-run.ts";
import { sendQuietly } from "./create/send-run.ts";
import { endRun } from "./end/end-run.ts";
import { noProgress, runLost } from "./end/endings.ts";
import { newestHead } from "./execute/claim-run.ts";
import { isUnheld, runIds, type RunRef, type RunRow } from "./run-row.ts";
import { NO_PROGRESS_CLAIMS, redriveAfter, RUN_START_TIMEOUT } from "./timings.ts";

type RedrivePorts = Pick<Ports, "clock" | "logger" | "queue" | "runs">;

/** Redrive: sends the run again if that is due. Only the winner of the conditional update sends (model rule redrivesThrottled). */
export async function redrive(ports: RedrivePorts, run: RunRow): Promise<"sent" | "not_due" | "held"> {
  const now = ports.clock.now();
  // A send in the future was noted before the clock stepped back.
  if (Math.abs(now - run.sent_at) <= redriveAfter(run.send_count)) return "not_due";
  // However often readers redrive it, the sweeper looks at it when RUN_START_TIMEOUT is over.
  const due = Math.min(now + redriveAfter(run.send_count + 1), Math.max(now, run.claimable_since + RUN_START_TIMEOUT));
  const marked = await ports.runs.markSent(run, { now, due });
  if (marked === "held") return "held";
  ports.logger.info("run sent again", { ...runIds(run), send_count: run.send_count + 1 });
  await sendQuietly(ports, run);
  return "sent";
}

/** What the sweeper does with a run that is due. Idempotent and safe to run twice at once. */
export async function recoverRun(ports: Ports, ref: RunRef): Promise<void> {
  const { thread, run } = await ports.runs.load(ref);
  const now = ports.clock.now();
  if (!thread || !run || thread.deleted || run.gen !== thread.gen) return;
  if (run.starts_at !== undefined) {
    if ((await admitDelayed(ports, ref)) === "admitted") await sendQuietly(ports, ref);
    return;
  }
  if (thread.active_run !== run.run_id || !isUnheld(run, now)) return;
  if (run.no_progress_claims > NO_PROGRESS_CLAIMS && (await newestHead(ports, run)) === run.last_checkpoint_id)
    return void (await endRun(ports, run, (after) => noProgress(run, after), run));
  if (now - run.claimable_since > RUN_START_TIMEOUT)
    return void (await endRun(ports, run, (after) => runLost("nobody started the run in time", after), run));
  await redrive(ports, run);
}
