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
/** Files and folders left out of a mirror that its manifest lists, those nearest to the top first. */
export const LEFT_OUT_LISTED = 200;
/** Bytes of a function's unzipped code: AWS's quota, and the size from which one more package may exceed it. */
export const FUNCTION_BYTES = 250 * MB;
export const FUNCTION_BYTES_NEAR = 240 * MB;
/** ms. npm fetches a few packages of up to some ten MB; what takes longer does not answer. */
export const FETCH_VARIANTS_TIMEOUT = 2 * MINUTE;
/** ms from the last save to the build: editors write in several steps, and a save has to be served within 300 ms. */
export const WATCH_SETTLE = 50;
/** Of Python's packages, interpreters and own wheels those last used: two CPUs, each before and after a change. */
export const PYTHON_KEPT = 4;
/** Builds of a watched project that stay on disk, beside those of running runs: tasks that a run left behind may still import from them. */
export const WATCH_KEPT = 5;
/** Builds in a row that are passed over because of a save meanwhile. The next one is served, even if saves go on. */
export const WATCH_PASSED_OVER = 3;
