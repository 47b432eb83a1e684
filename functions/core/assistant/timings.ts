/** Tuned numbers of assistants, with unit and reason. */
import { SECOND } from "../units.ts";

/** ms that a page waits for the schemas of a graph that is not loaded yet; the graph goes on loading. */
export const SCHEMA_PATIENCE = 2 * SECOND;
