/** Tuned numbers of reading checkpoints, with unit and reason. */
import { KB } from "../units.ts";

/** Bytes of a value in one item after compression (checkpoint segments, run input): larger ones are stored in parts. */
export const PART_BYTES = 350 * KB;
/** Bytes of a head's outline (JSON), which every read of the head pays for. A superstep with more tasks is read with the graph. */
export const OUTLINE_BYTES = 4 * KB;
/** Heads of one page of a history, and those whose pending writes are read at once. */
export const HEADS_PAGE = 50;
/** Updates of nodes in one transaction: each has a checkpoint and some pending writes, and DynamoDB takes 100 items. */
export const UPDATES_AT_ONCE = 20;
