/** Tuned numbers of running a project's graphs, with unit and reason. */
import { MINUTE, SECOND } from "../../core/units.ts";

export const HEADS_AT_ONCE = 10;
/** Graphs with their config whose schemas a process keeps: a factory may make another graph for each. */
export const KEPT_SHAPES = 64;
/** ms. A graph that does not load is tried again after this long. */
export const GRAPH_RETRY = 10 * SECOND;
/** ms. A factory is called again at each use, so it has time for slow starts (tool servers). One that hangs is reported. */
export const FACTORY_TIMEOUT = 5 * MINUTE;
/** ms. An import of a module that was evaluated settles at once; one that takes longer hangs. */
export const MODULE_PROBE = 20;
/** ms. What stream transformers know only at the end of a run is computed from its events, so it is there at once or never. */
export const FINAL_VALUES = 5 * SECOND;
