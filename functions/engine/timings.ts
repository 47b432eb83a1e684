/** Tuned numbers of the engines of all languages, with unit and reason. */

/** Checkpoints that the saver of one run keeps serialised. */
export const SAVER_HEADS = 64;
/** Rounds of waiting for the last puts of a stopped graph: each is one turn of the event loop after the one before. */
export const LAST_PUTS = 20;
/** Depths to which packaging draws a graph. One that is nested deeper is drawn when somebody asks: it is rare, and loads its graph. */
export const DRAWN_DEPTHS = 8;
