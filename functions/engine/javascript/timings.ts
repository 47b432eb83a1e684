/** Tuned numbers of running a project's graphs, with unit and reason. */
import { MINUTE, SECOND } from "../../core/units.ts";

/** Checkpoints that the saver of one run keeps serialised. */
export const SAVER_HEADS = 64;
export const HEADS_AT_ONCE = 10;
/** Graphs with their config whose schemas a process keeps: a factory may make another graph for each. */
export const KEPT_SHAPES = 64;
/** ms. A graph that does not load is tried again after this long. */
export const GRAPH_RETRY = 10 * SECOND;
/** ms. A graph that has not loaded by then (a download at import that hangs) is said not to load; cold imports take some seconds. */
export const GRAPH_LOAD_TIMEOUT = 30 * SECOND;
/** ms. A factory begins anew at each call, so it has time for what is slow (tool servers to start); one that hangs is told. */
export const FACTORY_TIMEOUT = 5 * MINUTE;
/** Messages that a run may stream side by side, and subgraphs whose last values it keeps, for an interrupt in one of them. */
export const STREAMED_MESSAGES = 64;
export const STREAMED_NAMESPACES = 64;
/** Rounds of waiting for the last puts of a stopped graph: they follow each other, each a turn of the event loop after the one before. */
export const LAST_PUTS = 20;
/** ms. An import of a module that was evaluated settles at once; one that takes longer hangs. */
export const MODULE_PROBE = 20;
