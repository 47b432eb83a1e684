/** Numbers that bound searches of threads, with unit and reason. */

/** Threads that one search or count looks at: 100,000 summaries are 55 MB of an index, 7,000 read units and a few seconds. */
export const SEARCHED_THREADS = 100_000;
/** Threads that are sorted in memory, by what no index is in the order of: 10 MB of summaries. */
export const SORTED_THREADS = 10_000;
/** Threads whose values one search compares: each costs the reads of a checkpoint. */
export const COMPARED_VALUES = 1_000;
/** Threads whose values are read at once. */
export const VALUES_AT_ONCE = 10;
/** Threads whose lifetime is over that one sweep clears at once, beside its runs. */
export const THREADS_AT_ONCE = 10;
