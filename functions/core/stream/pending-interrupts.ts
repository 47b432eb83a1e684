/** What a thread asks a person now. */
import type { Ports } from "../ports.ts";
import { graphOf, type ThreadRow } from "../thread/thread-row.ts";
import { findThread, shownInterrupts } from "../thread/threads.ts";
import { ANSWER_POLL } from "./timings.ts";

/** Ids of the thread's interrupts, those of its subgraphs included. A thread with an active run waits for none. */
export async function pendingIds(ports: Pick<Ports, "engine">, thread: ThreadRow): Promise<string[]> {
  if (thread.status !== "interrupted" || thread.active_run !== null) return [];
  const interrupts = await shownInterrupts(ports, thread);
  return Object.values(interrupts).flatMap((list) => list.map(({ id }) => id));
}

/**
 * Waits while a run that is on its way may still ask.
 * @param until ms of the monotonic clock
 * @returns undefined for a thread without a run
 */
export async function untilPending(
  ports: Ports,
  thread_id: string,
  { ids, until }: { ids: readonly string[]; until: number },
): Promise<{ thread: ThreadRow; pending: string[] } | undefined> {
  for (;;) {
    const thread = await findThread(ports, thread_id);
    if (!thread || graphOf(thread) === undefined) return undefined;
    const pending = await pendingIds(ports, thread);
    const isKnown = ids.every((id) => pending.includes(id));
    if (isKnown || thread.active_run === null || ports.clock.monotonic() >= until) return { thread, pending };
    await ports.clock.sleep(ANSWER_POLL);
  }
}
