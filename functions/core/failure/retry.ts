/**
 * Repeats calls of ports whose answer is unclear, with the same bytes. Calls that are impossible are never repeated. Must not be used for a
 * call that is not idempotent.
 */
import { Unclear } from "./failure.ts";
import { APPEND_RETRY, STORE_TRIES } from "../log/timings.ts";
import type { Clock } from "../ports.ts";

/** @throws at once what is not Unclear; else what the last of STORE_TRIES threw, or the first one after `over` was aborted */
export async function untilClear<T>(clock: Clock, call: () => Promise<T>, over?: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Unclear) || tries === STORE_TRIES || over?.aborted) throw error;
      await clock.sleep(APPEND_RETRY, over);
    }
  }
}
