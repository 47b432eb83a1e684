/** Cancel several: the named runs of a thread, or every run that waits or runs (Agent Server API). */
import type { Ports } from "../../ports.ts";
import { type CancelIntent, isFinal, type RunRef } from "../run-row.ts";
import { SWEEP_CONCURRENCY } from "../timings.ts";
import { cancelRun } from "./cancel-run.ts";

export type Selection = { thread_id: string; run_ids: string[] } | { status: "pending" | "running" | "all" };

/** `not_found`: none of the named runs exists, as the official server answers. */
export async function cancelRuns(
  ports: Ports,
  selection: Selection,
  intent: CancelIntent,
): Promise<"requested" | "not_found"> {
  const named = "run_ids" in selection;
  const refs = named
    ? selection.run_ids.map((run_id) => ({ thread_id: selection.thread_id, run_id }))
    : await inflight(ports, selection.status);
  let known = 0;
  for (let from = 0; from < refs.length; from += SWEEP_CONCURRENCY) {
    const results = await Promise.all(
      refs.slice(from, from + SWEEP_CONCURRENCY).map((ref) => cancelRun(ports, ref, intent)),
    );
    known += results.filter((result) => result !== "not_found").length;
  }
  return named && known === 0 ? "not_found" : "requested";
}

/** Found by due times: every active or delayed run has one, and those that wait are in the queue of an active run's thread. */
async function inflight(ports: Ports, status: "pending" | "running" | "all"): Promise<RunRef[]> {
  const refs: RunRef[] = [];
  for (const ref of await ports.runs.due(Number.MAX_SAFE_INTEGER)) {
    if (ref.kind !== "run") continue;
    const { thread, run } = await ports.runs.load(ref);
    if (!thread || !run || isFinal(run)) continue;
    if (status === "all" || run.status === status) refs.push(ref);
    if (status !== "running" && thread.active_run === run.run_id)
      refs.push(...thread.queue.map((run_id) => ({ thread_id: thread.thread_id, run_id })));
  }
  // Waiting runs first: the end of an active one would make the next of them active.
  return refs.toReversed();
}
