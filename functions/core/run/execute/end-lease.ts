/** Ends the lease of a run that its process could not hand over, so that the next claim need not wait until it runs out. */
import type { Ports } from "../../ports.ts";
import type { Claim } from "../claim.ts";
import { runIds } from "../run-row.ts";
import { HAND_OVER_GRACE } from "../timings.ts";

/**
 * When the process stops, gives the run HAND_OVER_GRACE to be handed over, then ends the lease. Never rejects. The graph may go on until
 * the process has ended: as after any lost lease, the next claim fences it.
 * @param heartbeat ends the heartbeat; aborted by others when the claim is over
 */
export async function endLeaseAtStop(
  { clock, runs, logger }: Pick<Ports, "clock" | "runs" | "logger">,
  { run }: Claim,
  stopping: AbortSignal,
  heartbeat: AbortController,
): Promise<void> {
  await new Promise<void>((resolve) => {
    AbortSignal.any([stopping, heartbeat.signal]).addEventListener("abort", () => resolve(), { once: true });
    if (stopping.aborted) resolve();
  });
  await clock.sleep(HAND_OVER_GRACE, heartbeat.signal);
  if (heartbeat.signal.aborted) return;
  heartbeat.abort("the process stops");
  await endLease({ clock, runs, logger }, run, "the process stops");
}

/** Never rejects: a lease that cannot be ended runs out. The heartbeat must have ended. */
export async function endLease(
  { clock, runs, logger }: Pick<Ports, "clock" | "runs" | "logger">,
  run: Claim["run"],
  why: string,
): Promise<void> {
  try {
    await runs.extend(run, run.owner, { lease_until: clock.now() });
    logger.info(`lease ended: ${why}`, runIds(run));
  } catch (error) {
    logger.warn("the lease runs out by itself", { ...runIds(run), error: String(error) });
  }
}
