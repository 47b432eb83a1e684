/**
 * Decides how a run ends: a cancel on its row outranks the graph's outcome. The checkpoints of its claims are closed, sealed or removed
 * before the end is written (design 4.8).
 */
import type { Seal } from "../../checkpoint/checkpoint-port.ts";
import type { Ports } from "../../ports.ts";
import type { Claim } from "../claim.ts";
import type { FinalStatus, RunningRun } from "../run-row.ts";
import type { Ending } from "./endings.ts";

export type DecidedEnding = Omit<Ending, "status"> & { status: FinalStatus; deleteThread: boolean; seal?: Seal };

export interface ClaimState {
  /** The claim has opened the log and closed older claims: a foreign record at its append position means that it is fenced. */
  opened: boolean;
  /** False if a put of this claim may still arrive after the end. */
  settled?: boolean;
}

type CheckpointPorts = Pick<Ports, "checkpoints">;

/** An accepted cancel is never a success: the intent on the row decides how the run ends (design 4.8). */
export async function decideEnding(
  ports: CheckpointPorts,
  claim: Claim,
  ending: Ending,
  state: ClaimState,
): Promise<DecidedEnding> {
  const { run, thread } = claim;
  const cancel = run.cancel;
  if (cancel === undefined) return { ...ending, ...(await leftBy(ports, claim, ending, state)), deleteThread: false };
  if (cancel === "interrupt") {
    const message = "interrupt requested via POST /threads/{thread_id}/runs/{run_id}/cancel";
    const interrupted = { ...ending, status: "interrupted", error: { error: "UserInterrupt", message } } as const;
    return { ...interrupted, ...(await leftBy(ports, claim, interrupted, state)), deleteThread: false };
  }
  if (cancel === "delete") return { ...ending, status: "deleted", after: "", deleteThread: true };

  await removeCheckpoints(ports, run);
  const before = await ports.checkpoints.head(run.thread_id, "");
  const channels = ending.head?.channels ?? thread.head?.channels;
  const { head: _written, ...rest } = ending;
  return {
    ...rest,
    status: "rolled_back",
    thread_status: "idle",
    error: { error: "UserRollback", message: "rollback requested via POST /threads/{thread_id}/runs/{run_id}/cancel" },
    interrupts: {},
    events: [],
    after: "",
    deleteThread: false,
    ...(before && { head: { checkpoint_id: before.checkpoint_id, ...(channels && { channels }) } }),
  };
}

/**
 * The newest checkpoint that the thread shows from now on, if the graph has not reported it. Claims are closed first, so that no newer one
 * appears. They are sealed instead if their workers may not know yet that they have lost the run.
 */
async function leftBy(
  ports: CheckpointPorts,
  { run: { thread_id, log_start, epoch }, thread }: Claim,
  ending: Ending & Pick<DecidedEnding, "status">,
  { opened, settled = opened }: ClaimState,
): Promise<Pick<DecidedEnding, "head" | "seal">> {
  const { head, after } = ending;
  if (isUndone(ending) || log_start === undefined) return {};
  const closing = { claim: { log_start, epoch }, after, by: epoch };
  // Epoch 1 without an opened log: no worker ever claimed the run, so there is nothing to seal.
  const mayWrite = !settled && (opened || epoch > 1);
  const sealed = mayWrite ? { seal: await ports.checkpoints.seal(thread_id, closing) } : {};
  if (head || after === "") return sealed;
  if (!mayWrite) await ports.checkpoints.close(thread_id, closing);
  const newest = await ports.checkpoints.head(thread_id, "");
  if (!newest || newest.checkpoint_id === thread.head?.checkpoint_id) return sealed;
  return { ...sealed, head: { checkpoint_id: newest.checkpoint_id } };
}

/** Closes before it removes: a put that is still under way could otherwise bring back a head after the removal. */
async function removeCheckpoints(ports: CheckpointPorts, { thread_id, log_start, epoch }: RunningRun): Promise<void> {
  if (log_start === undefined) return;
  await ports.checkpoints.close(thread_id, { claim: { log_start, epoch }, after: "", by: epoch });
  await ports.checkpoints.remove(thread_id, log_start);
}

/** Rolled back, or cancelled before its first checkpoint. */
export const isUndone = ({ status, after }: Pick<DecidedEnding, "status" | "after">): boolean =>
  status === "rolled_back" || (status === "interrupted" && after === "");
