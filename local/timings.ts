/** Tuned numbers of the local system, with unit and reason. Numbers that it shares with the functions are there. */
import { HAND_OVER_GRACE } from "../functions/core/run/timings.ts";
import { MB, SECOND } from "../functions/core/units.ts";

/** Runs at once of the local event source. */
export const LOCAL_CONCURRENCY = 100;
/** ms. If none of them ends for this long, one more starts: parents that wait for their children must not keep these from starting. */
export const LOCAL_RELIEF = 5 * SECOND;
/** Receive loops of the local event source: the emulator wakes all of them for every message, and one keeps up. */
export const LOCAL_POLLERS = 1;
/** ms. How long a local server that stops waits for its runs: a hand-over, or the write that ends a lease, takes a moment. */
export const STOP_GRACE = HAND_OVER_GRACE + 0.5 * SECOND;
/** s. Long poll of a receive loop: the longest that SQS offers. */
export const RECEIVE_WAIT_S = 20;
/** ms. Pause of a receive loop after a failed receive. */
export const RECEIVE_RETRY = 200;
/** ms from a buffered token to its flush, where a write costs nothing: tokens of one moment share a slot, the table sets the pace. */
export const FLUSH_LOCAL = 5;
/** Threads whose last slot a process remembers, so that a reader between its read and its wait misses nothing. */
export const WAKE_THREADS = 10_000;
/** Bytes of slots that a process remembers for its own readers, who are some milliseconds behind. */
export const WAKE_BYTES = 4 * MB;
/** Ports that are tried for the emulator: another program may take one between the look and the start. */
export const EMULATOR_PORT_TRIES = 5;
/** Connections to the table's emulator: so many, that a large answer is not in the way of all others. */
export const TABLE_CONNECTIONS = 4;
/** ms between two looks whether the emulator answers: short, for the whole start waits for it. */
export const EMULATOR_POLL = 5;
/** Characters of what a process printed last that are told when it does not start. */
export const LAST_WORDS = 2_000;
/** ms. npm passes on the Ctrl-C that the terminal has sent us already: one within this time is no second one. */
export const SAME_KEY = 500;
/** ms. How long MiniStack may take to answer: Python imports all its services. */
export const MINISTACK_READY = 60 * SECOND;
/** ms between two looks whether it answers. */
export const MINISTACK_POLL = 50;
/** ms. How long the line to try waits for a factory to make its graph. */
export const SAMPLE_WITHIN = 2 * SECOND;
/** Foreign hosts and origins that are told of, each once: a page can make up any number of them. */
export const VISITORS_TOLD = 20;
