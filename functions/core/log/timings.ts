/** Tuned numbers of the thread log, with unit and reason: its writer, its slots and its readers. */
import { HOUR, KB, MB, MINUTE, SECOND } from "../units.ts";

/** ms from the first buffered token to its flush: in a message's first second, and later (THREADLINE_STREAM_FLUSH_MS replaces FLUSH). */
export const FLUSH_EARLY = 50;
export const FLUSH = 100;
/** ms. How long after the first token of a message the early rhythm lasts. */
export const FLUSH_EARLY_FOR = 1 * SECOND;
/** Events of an append that only a stream has which is faster than a model speaks: 2,500 a second under `npm start`. */
export const HURRIED_EVENTS = 32;
/** ms from the next token of such a stream to its flush, at least: each append costs a millisecond of CPU, whatever is in it. */
export const FLUSH_HURRIED = 20;
/** Bytes of buffered events that start a flush at once; it never caps a batch. 130 tokens with their metadata. */
export const FLUSH_BYTES = 128 * KB;
/** Bytes of a slot's payload after compression; larger batches become parts. A DynamoDB item may have 400 KB, names and keys included. */
export const SLOT_BYTES = 350 * KB;
/** Bytes of events in one slot before compression (a single larger event is cut into parts): bounds what a reader unpacks at a time. */
export const SLOT_RAW_BYTES = 1 * MB;
/** Characters of events that wait for the log in a worker's memory. Beyond that the graph is faster than the table, and the run fails. */
export const BACKLOG_CHARACTERS = 64 * MB;
/** Events that wait there at most: each costs memory beside its characters. */
export const BACKLOG_EVENTS = 1_000_000;
/** Events in one slot: keeps the index of an event id short and a reader's step bounded. */
export const SLOT_EVENTS = 4_096;
/** Slots of one read of the log: bounds what a reader holds in memory; DynamoDB pages end at 1 MB anyway. */
export const READ_SLOTS = 64;
/** Bytes from which a page may have ended by DynamoDB's limit of 1 MB: it lacks at most one slot and the keys. */
export const READ_BYTES = 1 * MB - SLOT_BYTES - 64 * KB;
/** ms. Default of `THREADLINE_STREAM_RETENTION_HOURS`: how long slots, temporary threads and tombstones are kept. */
export const RETENTION = 168 * HOUR;
/** ms between reads while events flow: half a flush interval. */
export const POLL_BUSY = FLUSH / 2;
/** ms between reads in the first minute of silence, and later. */
export const POLL_QUIET = 150;
export const POLL_QUIET_FOR = 1 * MINUTE;
export const POLL_IDLE = 500;
/** ms. Wakes this close together are one read. */
export const WAKE_MERGE = 5;
/** ms. A read this soon after a wait returns new slots. Only such reads count for the metric TailLag. */
export const LIVE_READ = 1 * SECOND;
/** ms of silence between two looks at the run row. */
export const ROW_POLL = 2 * SECOND;
/** Bytes from which compression pays: below, an item costs one write unit (1 KB) either way, with its keys. */
export const COMPRESS_BYTES = 768;
/** Bytes from which the fastest level compresses: half of the default's CPU, and tokens get no larger. Smaller ones would cost 1 % more. */
export const FAST_BYTES = 64 * KB;
