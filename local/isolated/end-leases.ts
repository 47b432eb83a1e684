/**
 * Ends the leases of killed workers, so that the next start takes their runs up at once. For a table that no other host uses: there every
 * lease is one of theirs.
 */
import type { Ports } from "../../functions/core/ports.ts";
import { activeRuns } from "../resend.ts";

/** Never rejects: a lease that stays runs out by itself. Call it when the workers are dead. */
export async function endLeases({ clock, logger, runs }: Pick<Ports, "clock" | "logger" | "runs">): Promise<void> {
  try {
    for (const ref of await activeRuns({ clock, runs })) {
      const run = await runs.get(ref);
      if (run?.status === "running" && !run.handed_off) await runs.extend(run, run.owner, { lease_until: clock.now() });
    }
  } catch (error) {
    logger.warn("leases run out by themselves", { error: String(error) });
  }
}
