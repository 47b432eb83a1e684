/**
 * Deletes a run with its input and its checkpoints. One in flight is rolled back first. While another run of the thread is in flight it is
 * refused: that run may go on from the checkpoints of this one. Its events stay in the log, unreadable, until they expire.
 */
import { contended, LOST_RACE, startTries, untilClear } from "../../failure/retry.ts";
import type { Ports } from "../../ports.ts";
import type { HeadRef, ThreadRow } from "../../thread/thread-row.ts";
import { isReadable } from "../read-runs.ts";
import { type FinishedRun, isFinal, isUnheld, type RunRef } from "../run-row.ts";
import { DELETE_POLL } from "../timings.ts";
import { cancelRun } from "./cancel-run.ts";

export type DeleteRunResult = { kind: "deleted" } | { kind: "not_found" | "busy"; detail: string };

const NOT_FOUND: DeleteRunResult = { kind: "not_found", detail: "Run not found" };
const BUSY: DeleteRunResult = {
  kind: "busy",
  detail:
    "Another run of the thread is in flight and may go on from the checkpoints of this one. Wait for it, or cancel it.",
};

/** A repeated delete completes one that failed halfway, although it answers `not_found`. */
export async function deleteRun(ports: Ports, ref: RunRef): Promise<DeleteRunResult> {
  const { clock, logger, runs } = ports;
  const tries = startTries(LOST_RACE, clock);
  let stopping = false;
  for (;;) {
    const { thread, run } = await untilClear(clock, () => runs.load(ref));
    if (!thread || !isReadable(thread, run)) {
      if (run?.status === "deleted" && run.gen === thread?.gen) await clear(ports, run);
      return stopping ? { kind: "deleted" } : NOT_FOUND;
    }
    if (!isFinal(run)) {
      if (stopping) await clock.sleep(DELETE_POLL);
      // Its worker may have died meanwhile: then it is ended here.
      if (!stopping || isUnheld(run, clock.now())) await cancelRun(ports, ref, "rollback");
      stopping = true;
      continue;
    }
    if (thread.active_run !== null) return BUSY;
    const row = await threadWithout(ports, thread, run);
    if ((await runs.remove({ run, thread: { row, seen: thread.rev } })) === "contended") {
      await tries.again(contended("the thread"));
      continue;
    }
    logger.info("run deleted", { run_id: run.run_id, thread_id: run.thread_id });
    await clear(ports, run);
    return { kind: "deleted" };
  }
}

/** The row hides them already. */
async function clear(ports: Pick<Ports, "checkpoints" | "inputs">, run: FinishedRun): Promise<void> {
  if (run.log_start !== undefined) await ports.checkpoints.remove(run.thread_id, run.log_start);
  await ports.inputs.remove(run.run_id, run.input_parts);
}

/** A thread that shows what the run left shows what was there before, and waits for nothing. */
async function threadWithout(
  { checkpoints, clock }: Pick<Ports, "checkpoints" | "clock">,
  thread: ThreadRow,
  { log_start }: FinishedRun,
): Promise<ThreadRow> {
  const updated_at = new Date(clock.now()).toISOString();
  const row = { ...thread, rev: thread.rev + 1, updated_at };
  const shown = thread.head && (await checkpoints.head(thread.thread_id, "", thread.head.checkpoint_id));
  if (!shown || log_start === undefined || shown.claim?.log_start !== log_start) return row;
  const { head: shownRef, interrupts: _asked, ...rest } = row;
  const head = await headBefore(checkpoints, thread.thread_id, { log_start, ...shownRef });
  return { ...rest, state_updated_at: updated_at, status: "idle", error: null, ...(head && { head }) };
}

async function headBefore(
  checkpoints: Ports["checkpoints"],
  thread_id: string,
  { log_start, checkpoint_id, channels }: Partial<HeadRef> & { log_start: number },
): Promise<HeadRef | undefined> {
  const older = { ns: "", ...(checkpoint_id !== undefined && { before: checkpoint_id }) };
  for await (const { checkpoint_id: id, claim } of checkpoints.heads(thread_id, older))
    if (claim?.log_start !== log_start) return { checkpoint_id: id, ...(channels && { channels }) };
  return undefined;
}
