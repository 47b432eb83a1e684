/**
 * End a run that no worker holds: for the sweep, cancel and delete. Whoever ends a run claims it first (model rule endOnlyAfterClaim).
 * Must not be used by a worker that runs the graph.
 */
import { penAt } from "../../log/open-log.ts";
import type { Ports } from "../../ports.ts";
import { type ClaimOptions, claimRun, newestHead } from "../execute/claim-run.ts";
import type { RunRef } from "../run-row.ts";
import type { Ending } from "./endings.ts";
import { finishRun } from "./finish-run.ts";

export type EndResult = "finished" | "held" | "lost";

/** `ending` gets the newest checkpoint that the run may show ('' = none). */
export async function endRun(
  ports: Ports,
  ref: RunRef,
  ending: (after: string) => Ending,
  decidedBy?: ClaimOptions["decidedBy"],
): Promise<EndResult> {
  const result = await claimRun(ports, ref, { purpose: "end", ...(decidedBy && { decidedBy }) });
  if (result.kind !== "claimed") return result.kind === "finished" ? "finished" : "held";
  const { claim } = result;
  const after = (await newestHead(ports, claim.run)) ?? "";
  return finishRun(ports, claim, { pen: penAt(claim, claim.tail + 1), opened: false }, ending(after));
}
