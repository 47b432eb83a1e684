/**
 * Delete: ends the active run by a claim, then keeps the row as a tombstone, so that a re-created id continues its log (design 4.12, model
 * rule deleteLeavesTombstone). Must not delete log slots: readers may be on them, and they expire.
 */
import type { Impossible } from "../failure/failure.ts";
import type { Ports } from "../ports.ts";
import { cancelRun } from "../run/end/cancel-run.ts";
import { DELETE_PATIENCE, DELETE_POLL } from "../run/timings.ts";
import type { ThreadRow } from "./thread-row.ts";

/** `not_ended`: the active run goes on, or its end cannot be written. If it ends later, the thread goes with it. */
export type DeleteResult = "deleted" | "not_found" | "not_ended";

/** Waits DELETE_PATIENCE at most. A repeated delete completes one that failed halfway, although it answers `not_found`. */
export async function deleteThread(ports: Ports, thread_id: string): Promise<DeleteResult> {
  const thread = await ports.threads.get(thread_id);
  if (!thread) return "not_found";
  if (thread.deleted && !thread.expired) {
    await completeDeletion(ports, thread);
    return "not_found";
  }

  let last = thread;
  const since = ports.clock.monotonic();
  for (;;) {
    const now = await ports.threads.get(thread_id);
    if (!now || (now.deleted && !now.expired) || now.gen !== thread.gen) break;
    last = now;
    if (now.active_run !== null) {
      if (ports.clock.monotonic() - since > DELETE_PATIENCE) return "not_ended";
      await cancelRun(ports, { thread_id, run_id: now.active_run }, "delete");
      await ports.clock.sleep(DELETE_POLL);
      continue;
    }
    const time = new Date(ports.clock.now()).toISOString();
    const { expired: _over, lifetime: _had, ...kept } = now;
    const row = { ...kept, deleted: true, temporary: false, rev: now.rev + 1, queue: [], updated_at: time };
    if ((await ports.threads.put({ row, seen: now.rev }, ports.ids.nonce())) === "put") break;
  }
  ports.logger.info("thread deleted", { thread_id });
  await clear(ports, last);
  return "deleted";
}

/** Before an id is used again: a deletion that failed halfway has left checkpoints, which the new life must not find. */
export async function completeDeletion(ports: Ports, tombstone: ThreadRow): Promise<void> {
  if (!tombstone.temporary) await clear(ports, tombstone);
}

/**
 * Only this generation and older ones: the id may be in use again. Rows go last, since they tell which checkpoints are old.
 * @param row the newest row that is known of the generation: its last state update has a slot up to `log_tail`, and no row of its own
 */
async function clear(ports: Ports, { thread_id, gen, log_tail }: ThreadRow): Promise<void> {
  const spoilt = (error: Impossible): void =>
    ports.logger.error("a run is deleted unread", { thread_id, error: String(error) });
  const old = (await ports.runs.list(thread_id, spoilt)).filter((run) => run.gen <= gen);
  const last = Math.max(log_tail, ...old.map(({ log_start = 0 }) => log_start));
  await ports.checkpoints.removeUntil(thread_id, last);
  await ports.crons.removeOfThread(thread_id, gen);
  await ports.runs.purge(thread_id, gen);
}
