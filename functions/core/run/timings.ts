/** Tuned numbers of a run's life, with unit and reason: ownership, recovery, and what waits. */
import { HOUR, KB, MINUTE, SECOND } from "../units.ts";

/** ms. How long a claim holds without a heartbeat: three beats, so one lost beat and its repetition cost nothing. */
export const LEASE = 15 * SECOND;
/** ms. Between two extensions of the lease. */
export const HEARTBEAT = 5 * SECOND;
/** ms between two signs that the event loop turns, and how many must be missing before it counts as blocked. */
export const LOOP_TURN = 1 * SECOND;
export const BLOCKED_TURNS = 3;
/** ms. How often the worker looks for a cancel intent on the run row (half a read unit each). */
export const CANCEL_POLL = 1 * SECOND;
/** ms. How often the worker pushes its run's `due` forward, to now + DUE_AHEAD; an index write, so not with every heartbeat. */
export const DUE_PUSH = 30 * SECOND;
export const DUE_AHEAD = 45 * SECOND;
/** Claims in a row without a new checkpoint before a run ends with `error` (the fourth ends it). */
export const NO_PROGRESS_CLAIMS = 3;
/** ms. A run that nobody has claimed this long after it became claimable ends with `error`. Hours, because a long queue is no fault. */
export const RUN_START_TIMEOUT = 6 * HOUR;
/** ms. A reader redrives a run this long after its lease ran out, so that a late heartbeat wins. */
export const REDRIVE_AFTER_LEASE = 2 * SECOND;
/** ms after the last send until the next is due, by the number of sends: 0, 60, 120, 240, 240 … s (model rule redrivesThrottled). */
export const redriveAfter = (sends: number): number => (sends === 0 ? 0 : Math.min(2 ** (sends - 1), 4) * MINUTE);
/** ms. No active run is due later than this, so searches for them read no further; a minute more, for clocks that differ. */
export const DUE_WITHIN = redriveAfter(Infinity) + MINUTE;
/**
 * ms by which the clocks of two hosts may differ. A lease that ends later than a new one, by more than this, was written before a clock
 * stepped back.
 */
export const CLOCK_SKEW = 5 * SECOND;
/** ms. If the wall clock moves by more than this against the monotonic clock, it has stepped. */
export const CLOCK_STEP = 1 * SECOND;
/** ms. A process that stops waits so long for the end of a superstep; then it ends the leases of its runs. */
export const HAND_OVER_GRACE = 1 * SECOND;
/** ms. Longest `after_seconds`. */
export const MAX_DELAY = 7 * 24 * HOUR;
/** ms. Longest delay of a message; longer ones are started by the sweep alone. */
export const QUEUE_DELAY_MAX = 900 * SECOND;
/** ms. How long an idempotency key stands for its run. */
export const KEY_LIFETIME = 24 * HOUR;
/** Characters of an idempotency key. */
export const KEY_CHARACTERS = 255;
/** Waiting runs of one thread; more are refused with 429: one transaction ends all of them, each with its webhook. */
export const QUEUE_LIMIT = 45;
/** Runs of one request for several, and how many of them are created side by side: each takes a transaction of some 10 ms. */
export const BATCH_RUNS = 500;
export const BATCH_CONCURRENCY = 20;
/** ms. The sweep's rhythm: the shortest that EventBridge offers. */
export const SWEEP_EVERY = 1 * MINUTE;
/** Runs that one sweep looks at side by side. */
export const SWEEP_CONCURRENCY = 20;
/** ms. A run whose recovery takes longer frees its worker for the next one. Healthy ones take a fraction of a second. */
export const SWEEP_PATIENCE = 2 * SECOND;
/** Bytes of channel names (JSON) on the rows of thread and run. With more, the graph itself is asked. */
export const SHOWN_CHANNELS_BYTES = 8 * KB;
/** Bytes. Interrupts with more JSON than this are not kept on the rows but read from the state. */
export const INTERRUPTS_BYTES = 1 * KB;
/** ms. A graph that has not stopped this long after its signal is left behind: what it still does reaches nothing. */
export const ABORT_GRACE = 300;
/** ms between two checks of whether the run has ended that a delete waits for. */
export const DELETE_POLL = 250;
/** ms that a delete waits for the active run. A run whose worker has died is ended after one lease; only an end that fails takes longer. */
export const DELETE_PATIENCE = 2 * LEASE;
/**
 * ms. A run with `on_disconnect: cancel` is cancelled this long after its last client has disconnected, since a client that reconnects also
 * disconnects first. A waiting run ends the grace.
 */
export const DISCONNECT_GRACE = 15 * SECOND;
/** Bytes of a run's input in the create transaction; larger input is put before it. */
export const INPUT_INLINE_BYTES = 64 * KB;
/** ms that a run permit stands for a run that is not there: longer than a create takes. */
export const PERMIT_WITHOUT_RUN = 1 * MINUTE;
/** Run permits whose runs are looked at side by side, a read unit each: most of them have ended. */
export const PERMITS_LOOKED_AT = 4;
