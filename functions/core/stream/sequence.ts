/**
 * `seq` of an event in a thread's stream: the slot of its record and its number among the events of that slot, in one integer. So it is
 * the same for every reader, rises along the thread, and names the slot where a reader goes on.
 */

/**
 * Events of one slot, at most: a slot has 1 MB of them, or one of 32 MB, and none is shorter than 4 bytes. What is left of 53 bits are 2^30
 * slots, which a thread fills in three years of tokens without a pause.
 */
const EVENTS_OF_SLOT = 2 ** 23;

/** @param number from 1; 0 is before the slot's first event */
export const seqOf = (slot: number, number: number): number => slot * EVENTS_OF_SLOT + number;

export const slotOf = (seq: number): number => Math.floor(seq / EVENTS_OF_SLOT);
