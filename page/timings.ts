/** How often and how long the page waits, with unit and reason. */

/** ms. Supersteps may be many in a second; the state is asked for this often at most. */
export const STATE_EVERY = 700;
/** ms after which what comes is taken for live: before, it is what was there. */
export const LIVE_AFTER = 1_500;
/** ms between two reads of the list. A page of the newest threads takes 24 read units, 3 millionths of a dollar. */
export const LIST_EVERY = 5_000;
/** ms without a key pressed in the search after which the list is read: not for each letter. */
export const TYPED_AFTER = 150;
/** ms between two tries to connect; each doubles it. A server that was started again is back within a second. */
export const FIRST_PAUSE = 500;
export const LONGEST_PAUSE = 10_000;
/** ms until what a server could not answer is asked again, if it does not say when. */
export const ASKED_AGAIN_AFTER = 2_000;
/** ms of work after which a long replay lets the page draw: a frame has 16. */
export const FRAME = 12;
/** ms. Texts such as `2 min` are no more exact. */
export const AGO_EVERY = 10_000;
/** ms that clocks may differ without a word: an answer's stamp has whole seconds, and travels. */
export const CLOCK_TOLERANCE = 3_000;
