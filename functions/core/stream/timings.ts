/** Tuned numbers of thread streams and commands, with unit and reason. */
import { SECOND } from "../units.ts";

/** ms between two looks at a thread that does not exist yet. A client opens its stream before it starts the first run. */
export const THREAD_POLL = SECOND / 2;
/**
 * ms that an answer waits for its interrupt, and between two looks: a client may answer before it can know that the run has stopped.
 */
export const ANSWER_PATIENCE = 2 * SECOND;
export const ANSWER_POLL = SECOND / 10;
/** ms. A run that is younger than this when a Python client opens its watcher may be the one that it wants to watch. */
export const RECENT_RUN = 1 * SECOND;
