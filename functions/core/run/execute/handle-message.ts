/**
 * Handles one message of the run queue: claims the run and executes it. A message for a run that is held or finished needs nothing more.
 */
import type { Ports } from "../../ports.ts";
import { deliverAtOnce } from "../../webhook/deliver-webhook.ts";
import { admitDelayed } from "../create/admit-run.ts";
import type { RunRef } from "../run-row.ts";
import { claimRun } from "./claim-run.ts";
import { type Executed, executeRun, type RunHost } from "./execute-run.ts";

/** Throws only if the claim itself is unclear: the queue then delivers the message again. */
export async function handleMessage(ports: Ports, ref: RunRef, host: RunHost): Promise<Executed | "held"> {
  const result = await claimRun(ports, ref, { purpose: "run", ...(host.timeLeft && { timeLeft: host.timeLeft() }) });
  if (result.kind === "delayed") {
    if ((await admitDelayed(ports, ref)) === "admitted") return handleMessage(ports, ref, host);
    return "held";
  }
  if (result.kind !== "claimed") return "held";
  const executed = await executeRun(ports, result.claim, host);
  if (executed === "finished" && result.claim.run.webhook) {
    const delivering = deliverAtOnce(ports, ref, host.stopping);
    if (host.waitUntil) host.waitUntil(delivering);
    else await delivering;
  }
  return executed;
}
