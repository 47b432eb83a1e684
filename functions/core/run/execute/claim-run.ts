/**
 * Claim: a conditional write that makes one worker the owner of a run (design 4.2, model `claim`). Duplicate deliveries lose it. Must not
 * write to the log: open-log.ts does, by the `opening` that the claim writes on the row.
 */
import { tailOf } from "../../log/log-tail.ts";
import type { Clock, Ports } from "../../ports.ts";
import { CLAIM, HEARTBEAT_RETRY, startTries, untilClear } from "../../failure/retry.ts";
import type { Claim } from "../claim.ts";
import type { ClaimUpdate } from "../run-ports.ts";
import { isFinal, isUnheld, type RunRef, type RunRow } from "../run-row.ts";
import { DUE_AHEAD, HEARTBEAT, LEASE, redriveAfter } from "../timings.ts";

export type ClaimResult =
  | { kind: "claimed"; claim: Claim }
  | { kind: "held" }
  | { kind: "finished" }
  | { kind: "delayed" };

export interface ClaimOptions {
  /** `end`: only to write the run's end, without counting an attempt or opening the log. */
  purpose: "run" | "end";
  /** The row by which the sweeper decided. If it has changed since, the claim fails (model rule endOnlyTheRowDecidedBy). */
  decidedBy?: Pick<RunRow, "epoch" | "handed_off">;
  /** ms until the function that claims is cut off. */
  timeLeft?: number;
}

type ClaimPorts = Pick<Ports, "clock" | "ids" | "log" | "runs" | "checkpoints">;

/** @throws what the table answers when the claim stays unclear */
export async function claimRun(ports: ClaimPorts, ref: RunRef, options: ClaimOptions): Promise<ClaimResult> {
  const { clock, runs } = ports;
  const owner = ports.ids.nonce();
  const tries = startTries(CLAIM, clock);
  let tail = 0;
  for (;;) {
    const { thread, run, input } = await untilClear(clock, () =>
      runs.load(ref, { withInput: options.purpose === "run" }),
    );
    if (!thread || !run || isFinal(run) || run.gen !== thread.gen || thread.deleted) return { kind: "finished" };
    if (run.starts_at !== undefined) return { kind: "delayed" };
    // The answer of the claim was lost (model rule claimWritesNonce).
    if (run.status === "running" && run.owner === owner) return claimed({ thread, run, tail }, input);
    const now = clock.now();
    if (thread.active_run !== run.run_id || !isUnheld(run, now) || !isStill(run, options.decidedBy))
      return { kind: "held" };
    if (isDoubtful(run, options, clock)) {
      await clock.sleep(LEASE - clock.steadyFor());
      continue;
    }

    if (!opensAtLogStart(run, options)) tail = await untilClear(clock, () => tailOf(ports.log, thread));
    const update = await updateFor(ports, run, owner, now, options);
    try {
      const result = await runs.claim(run, update);
      if (result.kind === "claimed") return claimed({ thread, run: result.row, tail }, input);
    } catch (error) {
      await tries.again(error);
    }
  }
}

const claimed = (claim: Claim, input: Uint8Array | undefined): ClaimResult => ({
  kind: "claimed",
  claim: { ...claim, ...(input && { input }) },
});

/** Right after a clock step leases and due times prove nothing: a living holder needs a moment to write its lease by the new time. */
const isDoubtful = (run: RunRow, { decidedBy }: ClaimOptions, clock: Clock): boolean =>
  clock.steadyFor() < LEASE && (decidedBy !== undefined || (run.status === "running" && !run.handed_off));

const isStill = (run: RunRow, decidedBy: ClaimOptions["decidedBy"]): boolean =>
  !decidedBy || (run.epoch === decidedBy.epoch && run.handed_off === decidedBy.handed_off);

/** The claimant of attempt 1 needs no tail: it goes on after the first slot, which the run row names (model rule firstAppendAtLogStart). */
const opensAtLogStart = (run: RunRow, { purpose }: ClaimOptions): boolean =>
  purpose === "run" && run.attempt === 0 && !run.handed_off;

async function updateFor(
  ports: ClaimPorts,
  run: RunRow,
  owner: string,
  now: number,
  { purpose, timeLeft = Infinity }: ClaimOptions,
): Promise<ClaimUpdate> {
  const toRun = purpose === "run";
  const attempt = run.attempt + (toRun && !run.handed_off ? 1 : 0);
  const newest = run.epoch === 0 ? null : await newestHead(ports, run);
  return {
    owner,
    epoch: run.epoch + 1,
    attempt,
    no_progress_claims: (run.last_checkpoint_id === newest ? run.no_progress_claims : 0) + (toRun ? 1 : 0),
    last_checkpoint_id: newest,
    opening: !toRun ? "none" : run.handed_off ? "fence" : attempt === 1 ? "first" : "epoch",
    lease_until: now + LEASE,
    ...(!isDueLateEnough(run, now) && { due: now + DUE_AHEAD }),
    updated_at: new Date(now).toISOString(),
    ...(toRun && { send_count: 0, claimable_since: now, deadline: timeLeft < Infinity ? now + timeLeft : 0 }),
    ...cutAfter(run, newest),
    ...(toRun && run.started_at === undefined && { started_at: new Date(now).toISOString() }),
  };
}

/** A run that is claimed soon after it was sent keeps its time in the index `by-due`: a move there costs 2 write units. */
function isDueLateEnough({ epoch, sent_at, send_count }: RunRow, now: number): boolean {
  const due = sent_at + redriveAfter(send_count);
  return epoch === 0 && due >= now + DUE_AHEAD && due <= now + redriveAfter(1);
}

/** Whether the last worker was cut off at its function's time limit: its last heartbeat came just before the deadline. */
function cutAfter(
  { lease_until, deadline, claimable_since: since, last_checkpoint_id: before, cut_after = 0 }: RunRow,
  newest: string | null,
) {
  const last = lease_until - LEASE;
  const isCut = deadline !== undefined && last > deadline - HEARTBEAT - HEARTBEAT_RETRY && last <= deadline;
  if (isCut) return { cut_after: deadline - since };
  return cut_after > 0 && before !== newest ? { cut_after: 0 } : {};
}

/** The newest checkpoint of the run, hidden ones included. It shows whether the run makes progress. */
export async function newestHead(ports: Pick<Ports, "checkpoints" | "clock">, run: RunRow): Promise<string | null> {
  const { thread_id, log_start } = run;
  if (log_start === undefined) return null;
  return (await untilClear(ports.clock, () => ports.checkpoints.newestOf(thread_id, log_start))) ?? null;
}
