/** Tuned numbers of Python children, with unit and reason. */
import { SECOND } from "../../core/units.ts";

/** ms. A run that is cancelled and has not stopped by then blocks its process, which is ended. Others go on from their checkpoints. */
export const ABORT_PATIENCE = 5 * SECOND;
/** ms. A graph that has not loaded by then counts as failed. Importing LangChain's packages cold takes some seconds. */
export const GRAPH_LOAD_TIMEOUT = 60 * SECOND;
