/** Tuned numbers of Python children, with unit and reason. */
import { SECOND } from "../../core/units.ts";

/** ms. A run that is cancelled and has not stopped by then blocks its process, which is ended. Others go on from their checkpoints. */
export const ABORT_PATIENCE = 5 * SECOND;
/** ms. An event loop that has not turned for so long is blocked. Busy ones of 50 runs turn within 0.2 s. */
export const BLOCKED_AFTER = SECOND;
/** ms that a further child takes new calls: blocked event loops are rare, and a child occupies 80 MB. */
export const SPARE_FOR = 60 * SECOND;
/** Children of one project at once, 80 MB each. Where all are blocked, the next call waits with the first. */
export const MAX_CHILDREN = 4;
/** ms after its end in which what a child has said is still read, where another program holds its pipes open. Else they end with it. */
export const LAST_WORDS = 0.2 * SECOND;
/** ms that a child nobody needs any more stays without a call: a run loads its graph and reads its checkpoints before it begins. */
export const RETIRE_AFTER = 10 * SECOND;
