/** What the sweeper does with a thread whose lifetime is over: deletes it, or leaves the latest checkpoint. Idempotent. */
import type { Ports } from "../ports.ts";
import { deleteThread } from "./delete-thread.ts";
import { isOver } from "./lifetime.ts";
import { keepLatest } from "./prune-threads.ts";

export async function expireThread(ports: Ports, thread_id: string): Promise<void> {
  const row = await ports.threads.get(thread_id);
  if (!row || (row.deleted && !row.expired) || !isOver(row, ports.clock.now())) return;
  if (row.expired) await deleteThread(ports, thread_id);
  else await keepLatest(ports, thread_id);
}
