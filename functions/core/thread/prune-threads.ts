/** Prunes threads: deletes them, or all of their checkpoints but the latest. Must not prune a thread that is at work. */
import type { ThreadPrune } from "../../protocol/thread.ts";
import type { Ports } from "../ports.ts";
import { deleteThread } from "./delete-thread.ts";
import { findThread } from "./threads.ts";

/** Unknown ids, and threads at work whose latest checkpoint is asked for, are not counted. @returns how many were pruned */
export async function pruneThreads(ports: Ports, { thread_ids, strategy }: ThreadPrune): Promise<number> {
  let pruned = 0;
  for (const thread_id of new Set(thread_ids)) {
    const done = strategy === "delete" ? await deleteThread(ports, thread_id) : await keepLatest(ports, thread_id);
    if (done === "deleted" || done === "pruned") pruned++;
  }
  return pruned;
}

/**
 * Checkpoints go first. Then a new revision refuses whoever has read one of them before: a run or an update that comes later cannot refer
 * to values that go last. If somebody was faster, these values stay for the next time.
 */
export async function keepLatest(
  ports: Pick<Ports, "checkpoints" | "ids" | "logger" | "threads">,
  thread_id: string,
): Promise<"pruned" | "busy" | "not_found"> {
  const seen = await findThread(ports, thread_id);
  if (!seen) return "not_found";
  if (seen.active_run !== null || seen.queue.length > 0) return "busy";
  await ports.checkpoints.removeOlder(thread_id);
  const { lifetime } = seen;
  // Until the next activity there is nothing more to remove.
  const row = { ...seen, rev: seen.rev + 1, ...(lifetime && { lifetime: { ...lifetime, expires_at: null } }) };
  const fenced = await ports.threads.put({ row, seen: seen.rev }, ports.ids.nonce());
  if (fenced === "put") await ports.checkpoints.removeUnreferenced(thread_id, seen.log_tail);
  ports.logger.info("thread pruned", { thread_id });
  return "pruned";
}
