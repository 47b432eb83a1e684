/** Tuned numbers of the isolated host, with unit and reason. */
import { KB, MINUTE, SECOND } from "../../functions/core/units.ts";
import { BODY_BYTES } from "../../functions/http/edge/timings.ts";

/** ms that a process has to become ready, as on Lambda; or as long as an invocation of its function may take, if that is longer. */
export const INITIALISATION = 10 * SECOND;
/** ms without a question, after which a process that only tries graphs ends. Pauses between questions are shorter. */
export const TRIER_UNASKED = 2 * SECOND;
/** Environments of one function at once: a process of about 100 MB each, and one open stream keeps one. */
export const ISOLATED_CONCURRENCY = 50;
/** ms. A warm environment between two invocations is waited for as long as a cold start takes: its runtime polls again within a few. */
export const IDLE_WAIT = 250;
/** ms. An environment that nobody uses is ended after this long; Lambda does so after some minutes. */
export const IDLE_ENVIRONMENT = 5 * MINUTE;
/** ms. A runtime that polls again has sent its response on another connection; one that is not here by then never comes. */
export const NO_RESPONSE_AFTER = 1 * SECOND;
/** ms between tries of an event that was throttled. */
export const THROTTLE_RETRY = 50;
/** Bytes of a buffered answer with the JSON around it: Lambda's limit, seen only by the isolated host. */
export const BUFFERED_BYTES = BODY_BYTES + 100 * KB;
