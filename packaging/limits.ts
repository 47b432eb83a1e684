/** Tuned numbers of packaging, with unit and reason. */
import { MB, MINUTE } from "../functions/core/units.ts";

/** Characters of what a process printed last, in a line about a graph that ended it. */
export const LAST_WORDS_IN_LINE = 500;
/**
 * Bytes of one file of a project, and of all, that are still copied for a local process; above, a link does. As much as the second may
 * come from outside of its packages.
 */
export const ASSET_BYTES = 10 * MB;
export const ASSETS_BYTES = 50 * MB;
/** Files and folders left out of a mirror that its manifest names: those nearest to the top. */
export const LEFT_OUT_TOLD = 200;
/** Bytes of a function's code unzipped, AWS's quota; and from where a package more may be one too many. */
export const FUNCTION_BYTES = 250 * MB;
export const FUNCTION_BYTES_NEAR = 240 * MB;
/** ms. npm fetches a few packages of up to some ten MB; what takes longer does not answer. */
export const FETCH_VARIANTS_TIMEOUT = 2 * MINUTE;
/** ms. Quiet after a saved file before it is compiled: editors write in several steps, and a save shall be served within 300 ms. */
export const WATCH_SETTLE = 50;
/** Compiled states of a watched project that stay on disk, beside those of runs in flight: what a run left behind may still import. */
export const WATCH_KEPT = 5;
/** Builds in a row that are not served because something was saved meanwhile: after them one is, however long a storm of saves goes on. */
export const WATCH_PASSED_OVER = 3;
