/**
 * One slot of a claimant, put until the answer is clear. An unclear answer is repeated with the same bytes under the same nonce, never with
 * a grown batch (model rule retrySameBytes). Must not give up before its claim is over: a pause in the log is no loss, a gap would be.
 */
import { Unclear } from "../failure/failure.ts";
import type { Clock } from "../ports.ts";
import type { ThreadLog } from "./log-port.ts";
import type { Slot } from "./slot.ts";
import { APPEND_RETRY } from "./timings.ts";

/**
 * @throws what is not Unclear: no repetition gets such a slot into the log
 * @returns `fenced` also once `over` is aborted: then whether the slot was written does not matter any more
 */
export async function appendSlot(
  { clock, log }: { clock: Clock; log: Pick<ThreadLog, "append"> },
  thread_id: string,
  slot: Slot,
  over: AbortSignal,
): Promise<"appended" | "fenced"> {
  while (!over.aborted) {
    try {
      return await log.append(thread_id, slot);
    } catch (error) {
      if (!(error instanceof Unclear)) throw error;
      await clock.sleep(APPEND_RETRY, over);
    }
  }
  return "fenced";
}
