/** Tuned numbers of the edge, with unit and reason: streams, connections, bodies. */
import { MB, MINUTE, SECOND } from "../../core/units.ts";

/** ms between comments of a stream, or newlines of a waiting JSON body: the official server's interval. */
export const KEEP_ALIVE = 5 * SECOND;
/** ms. A stream is cut (aborted) before the function's limit of 15 minutes. */
export const STREAM_LIMIT = 14.5 * MINUTE;
/** Bytes. A Function URL answers at most 200 MB. */
export const STREAM_BYTES = 180 * MB;
/** s. `retry-after` for a key whose permits are all taken: streams of chats end within seconds. */
export const PERMIT_RETRY_S = 5;
/**
 * ms. Idle connections of the Node server: longer than client pools keep theirs, so that the server never closes one that is about to be
 * used.
 */
export const IDLE_CONNECTION = 65 * SECOND;
/** Free ports that are tried for a server of several addresses: one may be taken at the second address. */
export const PORT_TRIES = 5;
/** ms. Function URLs may join the prelude with the first chunk; a pause sends it alone. */
export const PRELUDE_PAUSE = 25;
/** Runs or states in one answer. */
export const PAGE_LIMIT = 1_000;
/** Bytes of a request body: the limit of a Lambda invocation. */
export const BODY_BYTES = 6 * MB;
/** s. Time-out of the API function: the longest that Lambda allows. */
export const API_TIMEOUT_S = 900;
