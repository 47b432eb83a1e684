/** Tuned numbers of the isolated host, with unit and reason. */
import { KB, MINUTE, SECOND } from "../../functions/core/units.ts";
import { BODY_BYTES } from "../../functions/http/edge/timings.ts";

/**
 * ms that a process has to become ready; or as long as an invocation of its function may take, if that is longer. Lambda gives 10 s at
 * first. More here, because a machine that starts many processes at once is slow.
 */
export const INITIALISATION = 1 * MINUTE;
/** ms without a question, after which a process that only tries graphs ends. Pauses between questions are shorter. */
export const TRIER_UNASKED = 10 * SECOND;
/** Environments of one function at once: a process of about 100 MB each, and one open stream keeps one. */
export const ISOLATED_CONCURRENCY = 50;
/**
 * ms. How long a warm environment between two invocations is waited for. Its runtime polls again within a few, but not on a busy machine,
 * where a cold start takes longer, too.
 */
export const IDLE_WAIT = 5 * SECOND;
/** ms. An environment that nobody uses is ended after this long; Lambda does so after some minutes. */
export const IDLE_ENVIRONMENT = 5 * MINUTE;
/** ms. A runtime that polls again has sent its response on another connection; one that is not here by then never comes. */
export const NO_RESPONSE_AFTER = 3 * SECOND;
/** ms between tries of an event that was throttled. */
export const THROTTLE_RETRY = 50;
/** Bytes of a buffered answer with the JSON around it: Lambda's limit, seen only by the isolated host. */
export const BUFFERED_BYTES = BODY_BYTES + 100 * KB;
