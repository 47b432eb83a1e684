/**
 * Appends one slot until the answer is clear. An unclear answer is repeated with the same bytes and nonce, never with a larger batch (model
 * rule retrySameBytes). Must not give up before its claim is over: a gap in the log would lose events.
 */
import type { Clock } from "../ports.ts";
import { APPEND, startTries } from "../failure/retry.ts";
import type { ThreadLog } from "./log-port.ts";
import type { Slot } from "./slot.ts";

/**
 * @throws what is not Unclear: no repetition gets such a slot into the log; what is, once `policy` is over
 * @returns `fenced` also once `over` is aborted: by then it does not matter whether the slot was written
 */
export async function appendSlot(
  { clock, log }: { clock: Clock; log: Pick<ThreadLog, "append"> },
  thread_id: string,
  slot: Slot,
  over: AbortSignal,
  policy = APPEND,
): Promise<"appended" | "fenced"> {
  const tries = startTries(policy, clock);
  while (!over.aborted) {
    try {
      return await log.append(thread_id, slot);
    } catch (error) {
      await tries.again(error, over);
    }
  }
  return "fenced";
}
