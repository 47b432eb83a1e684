/**
 * Claim: a conditional write that makes one worker the owner of a run (design 5.2, model `claim`). Duplicate deliveries lose it and vanish.
 * Must not write to the log: `open-log.ts` does, the way the claim has noted on the row.
 */
import type { ClaimUpdate, Ports } from "./ports.ts";
import { isFinal, isUnheld, type RunningRun, type RunRef, type RunRow, type ThreadRow } from "./rows.ts";
import { DUE_AHEAD, LEASE } from "./timings.ts";

export interface Claim {
  thread: ThreadRow;
  /** The row as it is after the claim. */
  run: RunningRun;
  /** Tail of the log, read before the claim, never after (model rule tailReadBeforeOwnership). */
  tail: number;
  /** The run's input, if it came with the rows. */
  input?: Uint8Array;
}

export type ClaimResult =
  | { kind: "claimed"; claim: Claim }
  | { kind: "held" }
  | { kind: "finished" }
  | { kind: "delayed" };

export interface ClaimOptions {
  /** `end`: only to write the run's end; no attempt is counted and no log is opened. */
  purpose: "run" | "end";
  /** Sweeps end only the row that they decided by (model rule endOnlyTheRowDecidedBy). */
  decidedBy?: Pick<RunRow, "epoch" | "handed">;
}

type ClaimPorts = Pick<Ports, "clock" | "ids" | "log" | "runs" | "checkpoints">;

export async function claimRun(ports: ClaimPorts, ref: RunRef, options: ClaimOptions): Promise<ClaimResult> {
  const owner = ports.ids.nonce();
  for (;;) {
    const { thread, run, input } = await ports.runs.load(ref, { withInput: options.purpose === "run" });
    if (!thread || !run || isFinal(run) || run.gen !== thread.gen || thread.deleted) return { kind: "finished" };
    if (run.starts_at !== undefined) return { kind: "delayed" };
    const now = ports.clock.now();
    if (thread.active_run !== run.run_id || !isUnheld(run, now) || !isStill(run, options.decidedBy))
      return { kind: "held" };

    const tail = opensAtLogStart(run, options) ? 0 : Math.max(await ports.log.tail(ref.thread_id), thread.log_tail);
    const result = await ports.runs.claim(run, await updateFor(ports, run, owner, now, options));
    if (result.kind === "claimed")
      return { kind: "claimed", claim: { thread, run: result.row, tail, ...(input && { input }) } };
  }
}

const isStill = (run: RunRow, decidedBy: ClaimOptions["decidedBy"]): boolean =>
  !decidedBy || (run.epoch === decidedBy.epoch && run.handed === decidedBy.handed);

/** The claimant of attempt 1 goes on after the first slot, by the run row (model rule firstAppendAtLogStart). */
const opensAtLogStart = (run: RunRow, { purpose }: ClaimOptions): boolean =>
  purpose === "run" && run.attempt === 0 && !run.handed;

async function updateFor(
  ports: ClaimPorts,
  run: RunRow,
  owner: string,
  now: number,
  { purpose }: ClaimOptions,
): Promise<ClaimUpdate> {
  const toRun = purpose === "run";
  const attempt = run.attempt + (toRun && !run.handed ? 1 : 0);
  const at = run.epoch === 0 ? null : await newestHead(ports, run);
  return {
    owner,
    epoch: run.epoch + 1,
    attempt,
    tries: (run.at === at ? run.tries : 0) + (toRun ? 1 : 0),
    at,
    opening: !toRun ? "none" : run.handed ? "fence" : attempt === 1 ? "first" : "epoch",
    lease_until: now + LEASE,
    due: now + DUE_AHEAD,
    updated_at: new Date(now).toISOString(),
    ...(toRun && { sends: 0, since: now }),
    ...(toRun && run.started_at === undefined && { started_at: new Date(now).toISOString() }),
  };
}

/** Whether claims make progress is told by the newest checkpoint of the run, hidden or not. */
export async function newestHead(ports: Pick<Ports, "checkpoints">, run: RunRow): Promise<string | null> {
  if (run.log_start === undefined) return null;
  return (await ports.checkpoints.newestOf(run.thread_id, run.log_start)) ?? null;
}
