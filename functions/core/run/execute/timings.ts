/** Tuned numbers of the worker function, with unit and reason; the CDK construct reads them, too. */

/** s. Time-out of the worker function: the longest that Lambda allows. */
export const WORKER_TIMEOUT_S = 900;
/** s. How much longer than a whole invocation a message stays invisible: Lambda asks for some. */
export const VISIBILITY_MARGIN_S = 60;
/** s. How long a message stays invisible. */
export const VISIBILITY_S = WORKER_TIMEOUT_S + VISIBILITY_MARGIN_S;
