/** Cancel several: the named runs of a thread, or every run that waits or runs (Agent Server API). */
import type { Ports } from "../../ports.ts";
import type { CancelIntent, RunRef } from "../run-row.ts";
import { SWEEP_CONCURRENCY } from "../timings.ts";
import { cancelRun } from "./cancel-run.ts";
import { findInFlight } from "./find-in-flight.ts";

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
    : await findInFlight(ports, ({ status }) => selection.status === "all" || status === selection.status);
  const known = await cancelAll(ports, refs, intent);
  return named && known === 0 ? "not_found" : "requested";
}

/** @returns how many of them exist */
export async function cancelAll(ports: Ports, refs: readonly RunRef[], intent: CancelIntent): Promise<number> {
  let known = 0;
  for (let from = 0; from < refs.length; from += SWEEP_CONCURRENCY) {
    const results = await Promise.all(
      refs.slice(from, from + SWEEP_CONCURRENCY).map((ref) => cancelRun(ports, ref, intent)),
    );
    known += results.filter((result) => result !== "not_found").length;
  }
  return known;
}
