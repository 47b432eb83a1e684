/** Repeats a call until its answer is clear. Must not be handed a call that may not be carried out twice. */
import { Impossible } from "./failure.ts";
import { APPEND_RETRY, STORE_TRIES } from "./log/timings.ts";
import type { Clock } from "./ports.ts";

/** @throws Impossible at once, what the last try threw, or the first one after `over` was aborted */
export async function untilClear<T>(clock: Clock, call: () => Promise<T>, over?: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (error instanceof Impossible || tries === STORE_TRIES || over?.aborted) throw error;
      await clock.sleep(APPEND_RETRY, over);
    }
  }
}
