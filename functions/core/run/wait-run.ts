/** Waits for a run's end and returns its result: the body of …/runs/wait and …/join. */
import type { Json } from "../../protocol/json.ts";
import { tailRun } from "../log/tail-log.ts";
import type { Ports } from "../ports.ts";
import { runResult } from "./run-result.ts";
import { isFinal, isGone, type RunRef } from "./run-row.ts";

/** `{}` for a run that was rolled back or deleted meanwhile, and when the signal aborts. */
export async function waitRun(ports: Ports, ref: RunRef, signal?: AbortSignal): Promise<Json> {
  const tail = tailRun(ports, ref, { cursor: { kind: "live" }, ...(signal && { signal }) });
  while (!(await tail.next()).done);
  const run = await ports.runs.get(ref);
  return run && isFinal(run) && !isGone(run) ? runResult(ports, run) : {};
}
