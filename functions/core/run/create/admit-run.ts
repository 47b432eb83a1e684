/**
 * Admits a delayed run to its thread when its time has come: active, queued, or instead of all others, as its multitask strategy says.
 * Until then it blocks nothing.
 */
import { firstSlot } from "../../log/first-slot.ts";
import { tailOf } from "../../log/log-tail.ts";
import type { Ports } from "../../ports.ts";
import type { ThreadRow } from "../../thread/thread-row.ts";
import { contended, LOST_RACE, startTries, untilClear } from "../../failure/retry.ts";
import { cancelRun } from "../end/cancel-run.ts";
import { runIds, type RunRef, type RunRow } from "../run-row.ts";
import { redriveAfter } from "../timings.ts";
import { admit } from "./multitask.ts";
import { waitsOn } from "./new-run.ts";

/** `admitted`: it is active or queued now, by this call or another. `not_due`: its time has not come, or it is no delayed run. */
export async function admitDelayed(ports: Ports, ref: RunRef): Promise<"admitted" | "not_due"> {
  const asked = new Set<string>();
  const tries = startTries(LOST_RACE, ports.clock);
  for (;;) {
    const { thread, run } = await ports.runs.load(ref);
    const now = ports.clock.now();
    if (!thread || thread.deleted || run?.status !== "pending" || run.starts_at === undefined) return "not_due";
    // A leftover row of a deleted generation, or too early: ignore.
    if (run.gen !== thread.gen || run.starts_at > now) return "not_due";

    // Where the run goes is decided after the cancels.
    if (await cancelOthers(ports, thread, run, asked)) continue;
    const active = thread.active_run === null;
    const log_start = active ? (await untilClear(ports.clock, () => tailOf(ports.log, thread))) + 1 : undefined;
    const row = {
      ...thread,
      rev: thread.rev + 1,
      updated_at: new Date(now).toISOString(),
      status: "busy" as const,
      ...(active && { active_run: run.run_id, listed_by_run: true as const }),
      queue: active ? thread.queue : [...thread.queue, run.run_id],
      log_tail: log_start ?? thread.log_tail,
    };
    const admitted = await ports.runs.admit({
      run: ref,
      now,
      thread: { row, seen: thread.rev },
      ...(log_start !== undefined && {
        first: firstSlot(run.run_id, run.gen, log_start, now),
        due: now + redriveAfter(1),
        ...waitsOn(thread.status),
      }),
    });
    if (admitted === "admitted") {
      ports.logger.info("delayed run admitted", { ...runIds(run), queued: !active });
      return "admitted";
    }
    await tries.again(contended("the thread"));
  }
}

/**
 * Cancels, once each, the runs that this one replaces by its strategy. A run that is cancelled itself replaces nobody.
 * @returns whether there were any
 */
async function cancelOthers(ports: Ports, thread: ThreadRow, run: RunRow, asked: Set<string>): Promise<boolean> {
  const admission = admit(thread, run.multitask_strategy);
  if (admission.kind !== "supersede" || run.cancel) return false;
  // Waiting runs first: the end of the active one would make the next of them active.
  const others = [...thread.queue, thread.active_run].filter((id): id is string => id !== null && !asked.has(id));
  for (const run_id of others) {
    asked.add(run_id);
    await cancelRun(ports, { thread_id: run.thread_id, run_id }, admission.intent);
  }
  return others.length > 0;
}
