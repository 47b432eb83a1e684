/** Tuned numbers of the engines of all languages, with unit and reason. */
import { SECOND } from "../core/units.ts";

/** ms. A graph that has not loaded by then (a download at import that hangs) counts as failed. Cold imports take some seconds. */
export const GRAPH_LOAD_TIMEOUT = 60 * SECOND;
/** Messages that a run may stream at once, and subgraphs whose last values it keeps, in case one is interrupted. */
export const STREAMED_MESSAGES = 64;
export const STREAMED_NAMESPACES = 64;
/** Graphs that one superstep may begin and a hand-over still knows: a node may call them in a loop. A megabyte of the log, at most. */
export const SENT_NAMESPACES = 10_000;
/** Checkpoints that the saver of one run keeps serialised. */
export const SAVER_HEADS = 64;
/** Rounds of waiting for the last puts of a stopped graph: each is one turn of the event loop after the one before. */
export const LAST_PUTS = 20;
/** Depths to which packaging draws a graph. One that is nested deeper is drawn when somebody asks: it is rare, and loads its graph. */
export const DRAWN_DEPTHS = 8;
