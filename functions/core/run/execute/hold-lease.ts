/**
 * Heartbeat and cancel poll of one claim (design 4.3). If the table does not answer for the length of a lease, the run is stopped early;
 * correctness comes from the fence in the log.
 */
import { Unclear } from "../../failure/failure.ts";
import type { Clock, Ports } from "../../ports.ts";
import { EXTEND_LEASE } from "../../failure/retry.ts";
import type { Claim } from "../claim.ts";
import { type CancelIntent, runIds } from "../run-row.ts";
import { CANCEL_POLL, DUE_AHEAD, DUE_PUSH, HEARTBEAT, LEASE, LOOP_TURN } from "../timings.ts";
import { WORKER_TIMEOUT_S } from "./timings.ts";

export interface LeaseEvents {
  lost(): void;
  cancelled(intent: CancelIntent): void;
  /** The lease can never be extended, or the row never read: not lost yet, but it will be. */
  impossible(error: unknown): void;
}

type LeasePorts = Pick<Ports, "clock" | "runs" | "logger" | "pacemaker">;

/**
 * Runs until `stop` aborts or the lease is lost. While the event loop is blocked the pacemaker extends the lease, at most until the
 * function is cut off. A cancel is seen when the loop turns again.
 */
export async function holdLease(
  ports: LeasePorts,
  claim: Claim,
  events: LeaseEvents,
  stop: AbortSignal,
): Promise<void> {
  const release = ports.pacemaker?.hold(refOf(claim.run), claim.run.owner, timeOf(claim.run));
  if (release) stop.addEventListener("abort", release, { once: true });
  await Promise.all([beat(ports, claim, events, stop), watchCancel(ports, claim, events, stop)]);
}

const refOf = ({ thread_id, run_id }: Claim["run"]) => ({ thread_id, run_id });

/** ms that the function had when it claimed the run. */
const timeOf = ({ deadline = 0, claimable_since: since }: Claim["run"]): number =>
  deadline > since ? deadline - since : WORKER_TIMEOUT_S * 1_000;

async function beat(ports: LeasePorts, { run }: Claim, events: LeaseEvents, stop: AbortSignal): Promise<void> {
  const { clock, logger } = ports;
  let pushed = clock.monotonic();
  const silence: Silence = { ms: 0 };
  for (let pause = HEARTBEAT; ;) {
    const planned = clock.monotonic() + pause;
    await clock.sleep(pause, stop);
    if (stop.aborted) return;
    silence.ms += pause;
    const began = clock.monotonic();
    if (began - planned > HEARTBEAT)
      logger.warn("heartbeat was late: the event loop was blocked", { ...runIds(run), ms: began - planned });
    const push = began - pushed >= DUE_PUSH;
    try {
      const now = clock.now();
      const update = { lease_until: now + LEASE, ...(push && { due: now + DUE_AHEAD }) };
      const answer = await answerOf(ports.runs.extend(run, run.owner, update), clock, silence, stop);
      if (stop.aborted) return;
      if (answer !== "extended") return events.lost();
      silence.ms = 0;
      if (push) pushed = began;
      pause = HEARTBEAT;
    } catch (error) {
      if (!(error instanceof Unclear)) return events.impossible(error);
      logger.warn("heartbeat is unclear, repeated", { ...runIds(run), error: String(error) });
      pause = EXTEND_LEASE.pause(1, clock);
      if (silence.ms + pause > EXTEND_LEASE.within) return events.lost();
    }
  }
}

/**
 * For how long the table has not answered, in ms during which the event loop turned. Blocked time does not count: answers may have arrived
 * unread, and the pacemaker extends the lease meanwhile.
 */
interface Silence {
  ms: number;
}

/** The answer, or `late` if the table has not answered for the length of a lease. */
async function answerOf<T>(answer: Promise<T>, clock: Clock, silence: Silence, stop: AbortSignal): Promise<T | "late"> {
  const answered = new AbortController();
  const over = AbortSignal.any([stop, answered.signal]);
  try {
    return await Promise.race([answer, late(clock, silence, over)]);
  } finally {
    answered.abort();
  }
}

async function late(clock: Clock, silence: Silence, over: AbortSignal): Promise<"late"> {
  while (silence.ms < LEASE && !over.aborted) {
    await clock.sleep(LOOP_TURN, over);
    if (!over.aborted) silence.ms += LOOP_TURN;
  }
  return "late";
}

async function watchCancel(ports: LeasePorts, { run }: Claim, events: LeaseEvents, stop: AbortSignal): Promise<void> {
  for (;;) {
    await ports.clock.sleep(CANCEL_POLL, stop);
    if (stop.aborted) return;
    const row = await ports.runs.get(run).catch((error: unknown) => {
      if (!(error instanceof Unclear)) events.impossible(error);
      return error instanceof Unclear ? undefined : "impossible";
    });
    if (row === "impossible") return;
    if (row?.status === "running" && row.owner === run.owner && row.cancel) return events.cancelled(row.cancel);
  }
}
