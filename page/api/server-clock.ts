/** The time by the server's clock. That of this machine may be hours off, and all times of runs are the server's. */
import { CLOCK_TOLERANCE } from "../timings.ts";

/** ms that the server's clock is ahead. */
let ahead = 0;

/** `date` of an answer has seconds: only a difference that is no accident counts. */
export function noteServerTime({ headers }: Response): void {
  const stamp = Date.parse(headers.get("date") ?? "");
  if (Number.isNaN(stamp)) return;
  const difference = stamp - Date.now();
  ahead = Math.abs(difference) < CLOCK_TOLERANCE ? 0 : difference;
}

/** ms since 1970 */
export const serverNow = (): number => Date.now() + ahead;
