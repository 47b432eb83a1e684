/** Tuned numbers of stored checkpoints, with unit and reason. */
import { KB, MB } from "../../core/units.ts";

/** Bytes of a channel kept inside its checkpoint head. */
export const INLINE_BYTES = 1 * KB;
/** Bytes of a pending write inside its task's item, after compression. WRITES_PER_ITEM of them stay far below the limit of an item. */
export const WRITE_INLINE_BYTES = 4 * KB;
/** Writes of one task in one item, so in one update: keeps the update's expression below DynamoDB's 4 KB. */
export const WRITES_PER_ITEM = 50;
/** Bytes of segments that a process keeps in memory. A warm worker's next run on a thread then reads only the head. */
export const SEGMENT_CACHE_BYTES = 32 * MB;
/** Segments that a process remembers to have written (24 bytes each), so that unchanged ones are not written again. */
export const KNOWN_SEGMENTS = 16_384;
/** Segments of a deleted thread that are removed at once, each on a condition. */
export const DELETES_AT_ONCE = 25;
/** Pending writes that a seal stamps at once: usually all of them, since they belong to one superstep. */
export const STAMPS_AT_ONCE = 25;
/** Closed claims that are read beside a head: its claim is nearly always among the newest. */
export const CLOSED_AT_ONCE = 10;
/** Bytes of a head in a transaction, which has 4 MB for up to 100 items. */
export const COMMITTED_HEAD_BYTES = 32 * KB;
