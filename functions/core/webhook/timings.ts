/** Tuned numbers of webhooks, with unit and reason. The relations are checked at import. */
import { assertRelations } from "../assert-relations.ts";
import { SWEEP_EVERY } from "../run/timings.ts";
import { MINUTE, SECOND } from "../units.ts";

/** ms that an endpoint may take to answer the worker that ended the run: the worker's time is billed. */
export const WEBHOOK_QUICK_TIMEOUT = 2 * SECOND;
/** ms that an endpoint may take to answer the sweeper. */
export const WEBHOOK_TIMEOUT = 10 * SECOND;
/** ms for which a slow endpoint is left to the sweeper, so that workers do not wait for it and it is not called twice. */
export const WEBHOOK_SLOW_FOR = 5 * MINUTE;
/** Slow endpoints that a process remembers. */
export const WEBHOOK_SLOW_KNOWN = 1_000;
/** ms after a run's end when the sweeper may deliver: the worker has made its try by then. */
export const WEBHOOK_SWEEP = 5 * SECOND;
/** Tries in all; the pauses between them double: about 17 hours. */
export const WEBHOOK_TRIES = 11;
export const webhookRetryAfter = (tries: number): number => 2 ** (tries - 1) * MINUTE;
/** Webhooks that one sweep sends side by side: each holds the values of a thread in memory. */
export const WEBHOOKS_AT_ONCE = 50;
/** ms. A sweep begins no webhook later than this; the rest waits for the next sweep. */
export const WEBHOOKS_FOR = 35 * SECOND;

assertRelations([
  ["the sweep leaves a worker its try", WEBHOOK_QUICK_TIMEOUT < WEBHOOK_SWEEP],
  ["webhooks end before the next sweep", WEBHOOKS_FOR + WEBHOOK_TIMEOUT < SWEEP_EVERY],
]);
