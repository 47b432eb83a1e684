/** Tuned numbers of the worker function, with unit and reason; the CDK construct reads them, too. */

/** s. Time-out of the worker function: the longest that Lambda allows. */
export const WORKER_TIMEOUT_S = 900;
/** s. A message stays invisible for the whole invocation and a minute more, as Lambda asks. */
export const VISIBILITY_S = WORKER_TIMEOUT_S + 60;
