/** Tuned numbers of the functions and of what their entries share, with unit and reason; the CDK construct reads them, too. */
import { HOUR, MINUTE, SECOND } from "../core/units.ts";

/** ms. How long stored keys are kept before they are read again. */
export const STORED_KEYS_KEPT = 5 * MINUTE;
/** ms between two reads caused by an unknown key or a failure, so that strangers cannot cause many. */
export const STORED_KEYS_RENEW = 10 * SECOND;
/** ms. How long the last stored keys stay valid while they cannot be read. */
export const STORED_KEYS_STALE = 1 * HOUR;
/** s. Time-out of the sweeper: the next one starts then. */
export const SWEEPER_TIMEOUT_S = 60;
/** ms. How long INIT waits for its preparations: Lambda ends INIT after 10 s and starts again, with a call's share of CPU. */
export const INIT_WAIT = 8 * SECOND;
/** ms before the function's end when a run is handed over: enough for a long superstep, at most a quarter of a short time-out. */
export const handOverBefore = (timeoutMs: number): number => Math.min(90 * SECOND, timeoutMs / 4);
/** Deliveries of a message before the dead-letter queue, as AWS advises: a delivery that Lambda throttles counts, too. */
export const MAX_RECEIVES = 5;
