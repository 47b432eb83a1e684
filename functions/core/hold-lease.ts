/**
 * Heartbeat and cancel poll of one claim (design 5.3). Losing the lease stops the run by our own clock: a courtesy, correctness is the
 * fence in the log. Must not write anything but the lease and the due time.
 */
import type { Claim } from "./claim-run.ts";
import type { Ports } from "./ports.ts";
import type { CancelIntent } from "./rows.ts";
import { CANCEL_POLL, DUE_AHEAD, DUE_PUSH, HEARTBEAT, HEARTBEAT_RETRY, LEASE } from "./timings.ts";

export interface LeaseEvents {
  lost(): void;
  cancelled(intent: CancelIntent): void;
}

type LeasePorts = Pick<Ports, "clock" | "runs" | "logger">;

/** Runs until `stop` aborts or the lease is lost. */
export async function holdLease(
  ports: LeasePorts,
  claim: Claim,
  events: LeaseEvents,
  stop: AbortSignal,
): Promise<void> {
  await Promise.all([beat(ports, claim, events, stop), watchCancel(ports, claim, events, stop)]);
}

async function beat(ports: LeasePorts, { run }: Claim, events: LeaseEvents, stop: AbortSignal): Promise<void> {
  let lease = run.lease_until;
  let pushed = ports.clock.now();
  for (let pause = HEARTBEAT; ;) {
    await ports.clock.sleep(pause, stop);
    if (stop.aborted) return;
    const now = ports.clock.now();
    const push = now - pushed >= DUE_PUSH;
    try {
      const update = { lease_until: now + LEASE, ...(push && { due: now + DUE_AHEAD }) };
      if ((await ports.runs.extend(run, run.owner, update)) === "lost") return events.lost();
      lease = now + LEASE;
      if (push) pushed = now;
      pause = HEARTBEAT;
    } catch (error) {
      ports.logger.warn("heartbeat is unclear, repeated", { run_id: run.run_id, error: String(error) });
      if (ports.clock.now() > lease) return events.lost();
      pause = HEARTBEAT_RETRY;
    }
  }
}

async function watchCancel(ports: LeasePorts, { run }: Claim, events: LeaseEvents, stop: AbortSignal): Promise<void> {
  for (;;) {
    await ports.clock.sleep(CANCEL_POLL, stop);
    if (stop.aborted) return;
    const row = await ports.runs.get(run).catch(() => undefined);
    if (row?.status === "running" && row.owner === run.owner && row.cancel) return events.cancelled(row.cancel);
  }
}
