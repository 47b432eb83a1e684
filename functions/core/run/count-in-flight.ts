/** How many runs wait and run, of all threads. Looks at each that is active: the table counts none. */
import type { Ports } from "../ports.ts";
import { isFinal } from "./run-row.ts";
import { SWEEP_CONCURRENCY } from "./timings.ts";

export interface InFlight {
  /** Created and not claimed: about to be, delayed, or behind others of their thread. */
  pending: number;
  running: number;
}

export async function countInFlight({ runs }: Pick<Ports, "runs">): Promise<InFlight> {
  const counted = { pending: 0, running: 0 };
  const due = (await runs.due(Number.MAX_SAFE_INTEGER)).values();
  const worker = async (): Promise<void> => {
    for (const ref of due) {
      if (ref.kind !== "run") continue;
      const { thread, run } = await runs.load(ref);
      if (!thread || !run || isFinal(run)) continue;
      if (run.status === "running") counted.running++;
      else counted.pending++;
      if (thread.active_run === run.run_id) counted.pending += thread.queue.length;
    }
  };
  await Promise.all(Array.from({ length: SWEEP_CONCURRENCY }, worker));
  return counted;
}
