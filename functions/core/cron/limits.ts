/** Limits of crons, with unit and reason. */

/** Crons that a search looks through: each costs a read unit, and none of its filters has an index. */
export const LISTED_CRONS = 5_000;
/** Crons whose runs one sweep creates at once: each some ten requests to the table. */
export const CRONS_AT_ONCE = 10;
