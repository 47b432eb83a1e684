/** Finds the runs of all threads that wait or run. */
import type { Ports } from "../../ports.ts";
import { isFinal, type RunRef, type RunRow } from "../run-row.ts";

/**
 * Found by due times: every active or delayed run has one, and those that wait are in the queue of an active run's thread.
 * @returns waiting runs first: the end of an active one would make the next of them active
 */
export async function findInFlight(
  { runs }: Pick<Ports, "runs">,
  matches: (run: RunRow) => boolean,
): Promise<RunRef[]> {
  const refs: RunRef[] = [];
  for (const ref of await runs.due(Number.MAX_SAFE_INTEGER)) {
    if (ref.kind !== "run") continue;
    const { thread, run } = await runs.load(ref);
    if (!thread || !run || isFinal(run)) continue;
    if (matches(run)) refs.push(ref);
    if (thread.active_run !== run.run_id) continue;
    const waiting = await Promise.all(thread.queue.map((run_id) => runs.get({ thread_id: thread.thread_id, run_id })));
    refs.push(...waiting.filter((one) => one !== undefined).filter((one) => !isFinal(one) && matches(one)));
  }
  return refs.toReversed().map(({ thread_id, run_id }) => ({ thread_id, run_id }));
}
