/** Tuned numbers of the local system, with unit and reason. Numbers shared with the functions are in theirs. */
import { HAND_OVER_GRACE } from "../functions/core/run/timings.ts";
import { MB, SECOND } from "../functions/core/units.ts";

/** Runs at once of the local event source. */
export const LOCAL_CONCURRENCY = 100;
/** ms. If none of them ends for this long, one more may start: runs that wait for runs of theirs must not block these. */
export const LOCAL_RELIEF = 5 * SECOND;
/** Receive loops of the local event source. One is enough, and the emulator wakes all of them for every message. */
export const LOCAL_POLLERS = 1;
/** ms. How long a local server that stops waits for its runs: a hand-over, or the write that ends a lease, takes a moment. */
export const STOP_GRACE = HAND_OVER_GRACE + 0.5 * SECOND;
/** s. Long poll of a receive loop: the longest that SQS offers. */
export const RECEIVE_WAIT_S = 20;
/** ms. Pause of a receive loop after a failed receive. */
export const RECEIVE_RETRY = 200;
/** ms from a buffered token to its flush. Writes cost nothing here, so only tokens of the same moment share a slot. */
export const FLUSH_LOCAL = 5;
/** Threads whose last slots a process remembers, for readers that are between a read and a wait. */
export const WAKE_THREADS = 10_000;
/** Bytes of slots that a process remembers for its own readers, which are some milliseconds late. */
export const WAKE_BYTES = 4 * MB;
/** Ports that are tried for the emulator, because another program may take one just before the start. */
export const EMULATOR_PORT_TRIES = 5;
/** Connections to the table's emulator: more than one, so that a large answer does not block all others. */
export const TABLE_CONNECTIONS = 4;
/** ms between two checks whether the emulator answers. Short, because the whole start waits for it. */
export const EMULATOR_POLL = 5;
/** Characters of a process's last output in the error message when it does not start. */
export const LAST_WORDS = 2_000;
/** ms. npm passes the terminal's Ctrl-C on to this process, which has received it already. A signal within this time is that one. */
export const SAME_KEY = 500;
/** ms. How long MiniStack may take to answer: Python imports all its services. */
export const MINISTACK_READY = 60 * SECOND;
/** ms between two checks whether it answers. */
export const MINISTACK_POLL = 50;
/** ms. How long the sample command waits for a factory to make its graph; only one that hangs takes so long. */
export const SAMPLE_WITHIN = 10 * SECOND;
/** Days. How long a certificate of this machine is good: Apple's systems take none that is good for longer than 825. */
export const CERTIFICATE_DAYS = 365;
/** Days before its end that it is made anew. */
export const RENEW_DAYS = 7;
/** Foreign hosts and origins that are reported, each once: a page can make up any number of them. */
export const VISITORS_TOLD = 20;
