/**
 * Cancel: a durable intent on the run row, valid at any time, idempotent (design 4.8). A run that a worker holds is ended by its worker;
 * others are ended here.
 */
import type { Ports } from "../../ports.ts";
import { contended, LOST_RACE, startTries, untilClear } from "../../failure/retry.ts";
import { webhookAfter } from "../../webhook/deliver-webhook.ts";
import { isReadable } from "../read-runs.ts";
import type { ThreadRow } from "../../thread/thread-row.ts";
import { type CancelIntent, goesWithThread, isFinal, isUnheld, runIds, type RunRef, type RunRow } from "../run-row.ts";
import { endRun } from "./end-run.ts";
import { stopped } from "./endings.ts";

export type CancelResult = "requested" | "finished" | "not_found";

/** `not_found`: no such run, or a deleted one. `finished`: it has ended, nothing was changed. */
export async function cancelRun(ports: Ports, ref: RunRef, intent: CancelIntent): Promise<CancelResult> {
  const { clock, logger, runs } = ports;
  const { thread, run } = await untilClear(clock, () => runs.load(ref));
  if (!isReadable(thread, run)) return "not_found";
  if (isFinal(run)) return "finished";
  if ((await untilClear(clock, () => runs.requestCancel(ref, intent))) === "finished") return "finished";
  const { thread_id, run_id } = ref;
  logger.info("cancel requested", { run_id, thread_id, attempt: run.attempt, intent });
  // The intent is on the row: from here on nothing may fail the request.
  await endUnlessHeld(ports, ref).catch((error: unknown) =>
    logger.warn("the cancelled run is ended by whoever claims it", { run_id, thread_id, error: String(error) }),
  );
  return "requested";
}

async function endUnlessHeld(ports: Ports, ref: RunRef): Promise<void> {
  const tries = startTries(LOST_RACE, ports.clock);
  for (;;) {
    const now = await ports.runs.load(ref);
    if (!now.thread || !now.run || isFinal(now.run)) return;
    if (now.thread.active_run === ref.run_id) {
      if (isUnheld(now.run, ports.clock.now())) await endRun(ports, ref, stopped);
      return;
    }
    const row = threadWithout(now.thread, now.run);
    const time = ports.clock.now();
    const ended_at = new Date(time).toISOString();
    const status = now.run.cancel === "rollback" ? ("rolled_back" as const) : ("interrupted" as const);
    const ending = { run: ref, status, ended_at, webhooks: webhookAfter(now.run, time) };
    if ((await ports.runs.endQueued({ ...ending, thread: { row, seen: now.thread.rev } })) === "finished") {
      return ports.logger.info("run finished", { ...runIds(now.run), status: ending.status });
    }
    await tries.again(contended("the thread"));
  }
}

/** The thread after the end of a run that never began. That of a stateless run is deleted or kept, as after any end. */
function threadWithout(thread: ThreadRow, run: RunRow): ThreadRow {
  const queue = thread.queue.filter((waiting) => waiting !== run.run_id);
  const row = { ...thread, rev: thread.rev + 1, queue };
  if (!thread.temporary || thread.active_run !== null || queue.length > 0) return row;
  return { ...row, deleted: goesWithThread(run), temporary: goesWithThread(run) };
}
