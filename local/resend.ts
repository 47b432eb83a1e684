/**
 * Sends every active run again, because a queue in memory is lost with its process: at the start, and once more when the leases of a killed
 * process have run out. For a run that is held this changes nothing.
 */
import type { Ports } from "../functions/core/ports.ts";
import type { RunRef } from "../functions/core/run/run-row.ts";
import { DUE_AHEAD, LEASE, REDRIVE_AFTER_LEASE, redriveAfter } from "../functions/core/run/timings.ts";

/** No active run is due later than this from now: held ones by DUE_AHEAD, sent ones by the longest pause between two sends. */
const HORIZON = Math.max(DUE_AHEAD, redriveAfter(Number.MAX_SAFE_INTEGER));

export async function activeRuns({ clock, runs }: Pick<Ports, "clock" | "runs">): Promise<RunRef[]> {
  const due = await runs.due(clock.now() + HORIZON);
  return due.flatMap((one) => (one.kind === "run" ? [one] : []));
}

type ResendPorts = Pick<Ports, "clock" | "logger" | "queue" | "runs">;

/** Never rejects. Ends early when the signal aborts. */
export async function resendActiveRuns(ports: ResendPorts, stopping: AbortSignal): Promise<void> {
  await resend(ports);
  await ports.clock.sleep(LEASE + REDRIVE_AFTER_LEASE, stopping);
  if (!stopping.aborted) await resend(ports);
}

async function resend({ clock, logger, queue, runs }: ResendPorts): Promise<void> {
  try {
    for (const ref of await activeRuns({ clock, runs })) await queue.send(ref);
  } catch (error) {
    logger.warn("active runs were not sent again, the sweep does it", { error: String(error) });
  }
}
