/**
 * Invokes a function with an event that is no request. Waits while the function is throttled and throws for a failure. The queue repeats
 * failed invocations.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { THROTTLE_RETRY } from "./timings.ts";
import type { Pool } from "./pool.ts";

/**
 * @returns the handler's result
 * @throws Error with type and text of the function's failure
 */
export async function invokeEvent(pool: Pool, event: unknown): Promise<unknown> {
  for (;;) {
    const invoked = await pool.invoke(event);
    switch (invoked.kind) {
      case "answered":
        return JSON.parse(String(invoked.body) || "null");
      case "streamed":
        return undefined;
      case "failed":
        throw new Error(`${invoked.error.errorType}: ${invoked.error.errorMessage ?? ""}`);
      case "throttled":
        await sleep(THROTTLE_RETRY);
    }
  }
}
