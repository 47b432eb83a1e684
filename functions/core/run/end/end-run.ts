/**
 * Ends a run that no worker holds, for the sweeper, cancel and delete. Whoever ends a run claims it first (model rule endOnlyAfterClaim).
 */
import { fenceLog, appendPositionAt } from "../../log/open-log.ts";
import type { Ports } from "../../ports.ts";
import { END_UNHELD } from "../../failure/retry.ts";
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
  // Only a run that a worker had claimed has an older owner to fence.
  const opened = claim.run.epoch > 1;
  const position = opened ? await fenceLog(ports, claim, END_UNHELD) : appendPositionAt(claim, claim.tail + 1);
  if (position === "fenced") return "lost";
  const after = (await newestHead(ports, claim.run)) ?? "";
  return finishRun(ports, claim, { position, opened, settled: false }, ending(after), END_UNHELD);
}
