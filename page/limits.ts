/** How much the page asks for and draws at once, with unit and reason. */

/** Threads of the list until somebody wants more: what a screen shows. */
export const LISTED_THREADS = 30;
/** The newest runs of a thread, and the assistants to choose from. */
export const LISTED_RUNS = 100;
export const LISTED_ASSISTANTS = 1_000;
/** Checkpoints of the history until somebody wants more. */
export const HISTORY_PAGE = 50;
/** Checkpoints of a run that are drawn on its line of time, and that are counted for its cost. */
export const TIMELINE_CHECKPOINTS = 200;
export const COUNTED_CHECKPOINTS = 1_000;
/** Entries of one level of JSON that are drawn before somebody asks for more. */
export const JSON_ENTRIES = 100;
/** Characters of one text that are drawn at first, and with each wish for more: a browser lays these out in some ms. */
export const TEXT_CHARACTERS = 2_000;
export const MORE_CHARACTERS = 50_000;
/** Characters of a name (a graph, a node, a key, an assistant): more is no name that a person reads. */
export const NAME_CHARACTERS = 80;
/** Differences of two states that are drawn, and characters of a value among them. */
export const DIFFERENCES = 200;
export const DIFFERENCE_CHARACTERS = 400;
/** Characters of the sentence of an event, and of a raw event that is not open: a line of a wide screen. */
export const SENTENCE_CHARACTERS = 200;
export const RAW_CHARACTERS = 300;
/** Characters of an event whose content is not read for a sentence: its size says enough. */
export const READ_CHARACTERS = 200_000;
