/**
 * The tuned numbers of the functions, with unit and reason. The CDK construct and the local system read them too, so that both sides of a
 * relation agree. Must not read the environment. The relations are checked at import. Webhooks' are in `webhook-timings.ts`.
 */
import { assertRelations } from "./assert-relations.ts";
import { HOUR, KB, MB, MINUTE, SECOND } from "./units.ts";

// ---- ownership of a run ----
/** ms. How long a claim holds without a heartbeat: three beats, so that one lost beat and its repetition cost nothing. */
export const LEASE = 15 * SECOND;
/** ms. Between two extensions of the lease. */
export const HEARTBEAT = 5 * SECOND;
/** ms. An extension with an unclear answer is repeated this soon (model rule heartbeatRetries). */
export const HEARTBEAT_RETRY = 1 * SECOND;
/** ms between two signs of an event loop that it turns, and how many must be missing before it counts as blocked. */
export const LOOP_TURN = 1 * SECOND;
export const BLOCKED_TURNS = 3;
/** ms. How often the worker looks for a cancel intent on the run row (half a read unit each). */
export const CANCEL_POLL = 1 * SECOND;
/** ms. How often the worker pushes its run's `due` forward, to now + DUE_AHEAD; an index write, so not with every heartbeat. */
export const DUE_PUSH = 30 * SECOND;
export const DUE_AHEAD = 45 * SECOND;
/** Claims in a row without a new checkpoint before a run ends with `error` (the fourth ends it). */
export const FRUITLESS_CLAIMS = 3;
/** ms. A run that nobody claimed this long after it became claimable ends with `error`; hours, for a long queue is no fault. */
export const RUN_START_TIMEOUT = 6 * HOUR;
/** ms. A reader nudges a run this long after its lease ran out, so that a late heartbeat wins. */
export const NUDGE_AFTER_LEASE = 2 * SECOND;
/** ms after the last send until the next is due, by the number of sends: 0, 60, 120, 240, 240 … s (model rule nudgesThrottled). */
export const nudgeAfter = (sends: number): number => (sends === 0 ? 0 : Math.min(2 ** (sends - 1), 4) * MINUTE);
/**
 * ms by which the clocks of two hosts may differ. A lease that ends later than a new one, by more than this, was written before a clock
 * stepped back.
 */
export const CLOCK_SKEW = 5 * SECOND;
/** ms. A wall clock that moves by more against the monotonic one has stepped; less does not matter to a lease. */
export const CLOCK_STEP = 1 * SECOND;
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
/** Actions of a transaction, DynamoDB's quota; and those of a create that ends no waiting run. */
export const TRANSACTION_ACTIONS = 100;
export const CREATE_ACTIONS = 6;
/** ms. The sweep's rhythm: the shortest that EventBridge offers. */
export const SWEEP_EVERY = 1 * MINUTE;
/** Runs that one sweep looks at side by side. */
export const SWEEP_CONCURRENCY = 20;
/** Partitions of the `due` index. */
export const DUE_SHARDS = 8;
/** Partitions of an index that the threads without an owner are spread over. */
export const OWNERLESS_SHARDS = 16;
/** Partitions of the store's list of first labels. */
export const ROOT_SHARDS = 4;

// ---- the log ----
/** ms from the first buffered token to its flush, in a message's first second and later (`THREADLINE_STREAM_FLUSH_MS` replaces the later one). */
export const FLUSH_EARLY = 50;
export const FLUSH = 100;
/** ms. How long after the first token of a message the early rhythm lasts. */
export const FLUSH_EARLY_FOR = 1 * SECOND;
/** Bytes of buffered events that start a flush at once; it never caps a batch. */
export const FLUSH_BYTES = 32 * KB;
/** Slots of one transaction, and their bytes, where those of many runs are put together: DynamoDB takes 100 items and 4 MB. */
export const SLOTS_TOGETHER = 50;
export const SLOTS_TOGETHER_BYTES = 1 * MB;
/** Bytes of a slot's payload after compression; larger batches become parts. A DynamoDB item may have 400 KB, names and keys included. */
export const SLOT_BYTES = 350 * KB;
/** Bytes of events in one slot before compression (a single larger event is cut into parts): bounds what a reader unpacks at a time. */
export const SLOT_RAW_BYTES = 1 * MB;
/**
 * Bytes of what is kept or shown in one piece: an event, the values of a checkpoint, the questions of a pause. A reader holds some five
 * copies of it (parts, bytes, text, frame), and a stream of STREAM_BYTES has to carry it.
 */
export const WHOLE_BYTES = 32 * MB;
/** Levels of arrays and objects in a value. Serdes read one recursively, several frames a level: from some 2,000 on the stack may end. */
export const NESTING = 500;
/** Levels around a value in what shows it: an event's payload, its node, its channel. */
export const NESTING_AROUND = 12;
/** Characters of events that wait for the log in a worker's memory, before its run fails: the graph is faster than the table. */
export const BACKLOG_CHARACTERS = 64 * MB;
/** Events that wait there at most: each costs memory beside its characters. */
export const BACKLOG_EVENTS = 1_000_000;
/** Bytes of channel names (JSON) that ride on the rows of thread and run; of a graph with more only the graph itself is asked. */
export const SHOWN_CHANNELS_BYTES = 8 * KB;
/** ms. Pause before an append with an unclear answer is repeated; the SDK has retried with back-off by then. */
export const APPEND_RETRY = 200;
/** Bytes. Interrupts of a paused run with more JSON than this are read from the state instead of riding on the rows. */
export const INTERRUPTS_BYTES = 1 * KB;
/** Characters of an error's text in a log line. */
export const LOGGED_CHARACTERS = 300;
/** Characters of an error's text, and of its name, wherever it is kept or shown: on the rows of run and thread, in events. */
export const ERROR_CHARACTERS = 4_096;
/** ms. A graph that does not stop this long after its signal aborted is left behind: what it still does reaches nothing. */
export const ABORT_GRACE = 300;
/** Tries of a call whose answers are unclear, APPEND_RETRY apart, before whoever makes it fails; each is several tries of the SDK. */
export const STORE_TRIES = 10;
/** Events in one slot: keeps the index of an event id short and a reader's step bounded. */
export const SLOT_EVENTS = 4_096;
/** Slots of one read of the log: bounds what a reader holds in memory; DynamoDB pages end at 1 MB anyway. */
export const READ_SLOTS = 64;
/** Bytes of payload from which a read may have ended by that megabyte: it lacks at most one slot and the keys. */
export const READ_BYTES = 1 * MB - SLOT_BYTES - 64 * KB;
/** ms. Default of `THREADLINE_STREAM_RETENTION_HOURS`: how long slots, temporary threads and tombstones are kept. */
export const RETENTION = 168 * HOUR;
/** Rows live this many times as long as the slots that refer to them, for DynamoDB deletes out of order. */
export const ROWS_OUTLIVE = 1.5;

// ---- readers ----
/** ms between reads while events flow: half a flush interval. */
export const POLL_BUSY = FLUSH / 2;
/** ms between reads in the first minute of silence, and later. */
export const POLL_QUIET = 150;
export const POLL_QUIET_FOR = 1 * MINUTE;
export const POLL_IDLE = 500;
/** ms. Wakes this close together are one read. */
export const WAKE_MERGE = 5;
/** ms. A read this soon after a wait for more finds what is new; for the measured lag alone. */
export const LIVE_READ = 1 * SECOND;
/** ms of silence between two looks at the run row. */
export const ROW_POLL = 2 * SECOND;
/** ms between tries of a read that failed, and how long they go on before the connection is cut: below the clients' watchdogs of 15 s. */
export const READ_RETRY = 500;
export const READ_RETRY_FOR = 10 * SECOND;
/** ms between two looks of a delete at the run it has asked to end. */
export const DELETE_POLL = 250;
/** ms. Comments of a stream, newlines of a waiting JSON body: the official server's clock. */
export const KEEP_ALIVE = 5 * SECOND;
/** ms. A stream is cut (aborted) before the function's limit of 15 minutes. */
export const STREAM_LIMIT = 14.5 * MINUTE;
/** Bytes. A Function URL answers at most 200 MB. */
export const STREAM_BYTES = 180 * MB;
/**
 * ms. A run with `on_disconnect: cancel` is cancelled this long after its last client has gone: a client that reconnects goes first, too.
 * A run that waits behind it ends the grace.
 */
export const DISCONNECT_GRACE = 15 * SECOND;
/** ms. How long a key's place for an open stream is held at most: then the function that took it cannot be alive any more. */
export const STREAM_PLACE_LEASE = 16 * MINUTE;
/** s. `retry-after` of a key that has all its places taken: streams of chats end within seconds. */
export const STREAM_PLACE_RETRY_S = 5;
/** ms. Idle connections of the Node server: longer than client pools keep theirs, so that never the server closes one about to be used. */
export const IDLE_CONNECTION = 65 * SECOND;
/** Free ports that are tried for a server of several addresses: one may be taken at the second address. */
export const PORT_TRIES = 5;
/** ms. Function URLs may join the prelude with the first chunk; a pause sends it alone. */
export const PRELUDE_PAUSE = 25;

// ---- keys of clients ----
/** ms. How long they are kept before they are read again. */
export const CLIENT_KEYS_KEPT = 5 * MINUTE;
/** ms between two reads that unknown keys, or failures, cause: strangers must not make it many. */
export const CLIENT_KEYS_RENEW = 10 * SECOND;
/** ms. How long the last ones hold while they cannot be read. */
export const CLIENT_KEYS_STALE = 1 * HOUR;

// ---- storage ----
/** Runs or states in one answer. */
export const PAGE_LIMIT = 1_000;
/** Bytes of a value in one item after compression (checkpoint segments, run input): larger ones are stored in parts. */
export const PART_BYTES = 350 * KB;
/** Bytes of a channel kept inside its checkpoint head. */
export const INLINE_BYTES = 1 * KB;
/** Bytes of a pending write kept inside its task's item, after compression: WRITES_PER_ITEM of them are far below the limit of an item. */
export const WRITE_INLINE_BYTES = 4 * KB;
/** Writes of one task in one item, and so in one update: keeps the update's expression below DynamoDB's 4 KB. */
export const WRITES_PER_ITEM = 50;
/** Bytes from which compression pays: below, an item costs one write unit (1 KB) either way, with its keys. */
export const COMPRESS_BYTES = 768;
/** Bytes of checkpoint segments that a process keeps in memory: a warm worker's next run on a thread reads the head alone. */
export const SEGMENT_CACHE_BYTES = 32 * MB;
/** Segments that a process remembers to have written (24 bytes each), so that unchanged ones are not written again. */
export const KNOWN_SEGMENTS = 16_384;
/** Namespaces that a process remembers to have registered, so that a put is one write. */
export const KNOWN_NAMESPACES = 10_000;
/** Checkpoints that the saver of one run keeps serialised. */
export const SAVER_HEADS = 64;
/** Heads of one page of a history, and those whose pending writes are read at once. */
export const HEADS_PAGE = 50;
export const HEADS_AT_ONCE = 10;
/** Segments of a deleted thread that are removed at once, each on a condition. */
export const DELETES_AT_ONCE = 25;
/** Pending writes that a seal stamps at once: mostly all of them, for they are those of one superstep. */
export const STAMPS_AT_ONCE = 25;
/** Closed claims that are read beside a head: its claim is nearly always among the newest. */
export const CLOSED_AT_ONCE = 10;
/** Tries of a batch of which DynamoDB leaves something undone, with the pauses of a conflict between them. */
export const BATCH_TRIES = 12;
/** Bytes of a run's input that ride in the create transaction; larger ones are put before it. */
export const INPUT_INLINE_BYTES = 64 * KB;
/** Characters of an owner or graph id in an index key; longer ones are in no index (keys end at 2,048 bytes). */
export const INDEXED_CHARACTERS = 256;
/** Bytes of metadata or config of a resource (JSON); rows stay small. */
export const METADATA_BYTES = 32 * KB;
/** Bytes of a request body: the limit of a Lambda invocation. */
export const BODY_BYTES = 6 * MB;
/** ms. First pause of a retried conflict between transactions, doubled up to the second number, with jitter. */
export const CONFLICT_PAUSE = 10;
export const CONFLICT_PAUSE_MAX = 500;
/** Repetitions of a single write that met a transaction of somebody else. */
export const SINGLE_WRITE_TRIES = 12;
/** Tries of a create that finds the thread changed by others; with the pauses above about ten seconds. */
export const CONFLICT_TRIES = 40;

/** ms. A request to the table that got no answer is repeated: a lost packet costs less than a lease. */
export const REQUEST_TIMEOUT = 4 * SECOND;
export const CONNECT_TIMEOUT = 2 * SECOND;
/** ms of one try to send a message, and of all: a request waits for it, and a send that is lost is repeated by whoever notices. */
export const SEND_TRY = 1.5 * SECOND;
export const SEND_TIMEOUT = 4 * SECOND;
/** Sockets of one client: the local system runs readers and workers of LOCAL_CONCURRENCY runs in one process. */
export const MAX_SOCKETS = 256;

// ---- functions ----
/** s. Time-outs of the three functions. */
export const API_TIMEOUT_S = 900;
export const WORKER_TIMEOUT_S = 900;
export const CLOCK_TIMEOUT_S = 60;
/** ms. How long INIT waits for what it makes ready: Lambda ends it after 10 s and begins anew, with the share of a call. */
export const INIT_WAIT = 8 * SECOND;
/** s. A message stays invisible for the whole invocation and a minute more, as Lambda asks. */
export const VISIBILITY_S = WORKER_TIMEOUT_S + 60;
/** ms before the function's end when a run is handed over: enough for a long superstep, at most a quarter of a short time-out. */
export const handOverBefore = (timeoutMs: number): number => Math.min(90 * SECOND, timeoutMs / 4);
/** Deliveries of a message before the dead-letter queue: as AWS advises, for one that Lambda throttles counts, too. */
export const MAX_RECEIVES = 5;
/** ms. A graph that does not load is tried again after this long. */
export const GRAPH_RETRY = 10 * SECOND;
/** ms. A graph that has not loaded by then (a download at import that hangs) is said not to load; cold imports take some seconds. */
export const GRAPH_LOAD_TIMEOUT = 30 * SECOND;
/** ms. A factory begins anew at each call, so it has time for what is slow (tool servers to start); one that hangs is told. */
export const FACTORY_TIMEOUT = 5 * MINUTE;
/** Messages that a run may stream side by side, and subgraphs whose last values it keeps, for an interrupt in one of them. */
export const STREAMED_MESSAGES = 64;
export const STREAMED_NAMESPACES = 64;
/** Rounds of waiting for the last puts of a stopped graph: they follow each other, each a turn of the event loop after the one before. */
export const LAST_PUTS = 20;
/** ms. An import of a module that was evaluated settles at once; one that takes longer hangs. */
export const MODULE_PROBE = 20;

// ---- compiling a project ----
/** Characters of what a process printed last, in a line about a graph that ended it. */
export const LAST_WORDS_IN_LINE = 500;
/**
 * Bytes of one file of a project, and of all, that are still copied for a local process; above, a link does. As much as the second may
 * come from outside of its packages.
 */
export const ASSET_BYTES = 10 * MB;
export const ASSETS_BYTES = 50 * MB;
/** Files and folders left out of a mirror that its manifest names: those nearest to the top. */
export const LEFT_OUT_TOLD = 200;
/** Bytes of a function's code unzipped, AWS's quota; and from where a package more may be one too many. */
export const FUNCTION_BYTES = 250 * MB;
export const FUNCTION_BYTES_NEAR = 240 * MB;
/** ms. npm fetches a few packages of up to some ten MB; what takes longer does not answer. */
export const FETCH_VARIANTS_TIMEOUT = 2 * MINUTE;
/** ms. Quiet after a saved file before it is compiled: editors write in several steps, and a save shall be served within 300 ms. */
export const WATCH_SETTLE = 50;
/** Compiled states of a watched project that stay on disk: a run in flight may still import from its own. */
export const WATCH_KEPT = 5;

assertRelations([
  ["two heartbeats fit in a lease", 2 * HEARTBEAT < LEASE],
  ["a repeated heartbeat fits in a lease", HEARTBEAT + HEARTBEAT_RETRY * 3 < LEASE],
  ["a request is repeated within a lease", HEARTBEAT + 2 * REQUEST_TIMEOUT < LEASE],
  [
    "a blocked loop is noticed within a lease, and a request for it repeated",
    HEARTBEAT + (BLOCKED_TURNS + 1) * LOOP_TURN + REQUEST_TIMEOUT + HEARTBEAT_RETRY < LEASE,
  ],
  ["clocks that differ cost no lease", HEARTBEAT + HEARTBEAT_RETRY * 3 + CLOCK_SKEW < LEASE],
  ["a live run is never overdue", DUE_PUSH + LEASE <= DUE_AHEAD],
  ["a reader notices before the sweep", LEASE + NUDGE_AFTER_LEASE < SWEEP_EVERY],
  ["a message outlives the invocation", WORKER_TIMEOUT_S < VISIBILITY_S],
  ["a stream is cut before its function", STREAM_LIMIT < API_TIMEOUT_S * SECOND],
  ["a stream's place outlives its function", API_TIMEOUT_S * SECOND < STREAM_PLACE_LEASE],
  ["the last flush fits in the time before a hand-over", FLUSH * 10 < handOverBefore(20 * SECOND)],
  ["a create can end all that wait", CREATE_ACTIONS + 2 * QUEUE_LIMIT <= TRANSACTION_ACTIONS],
  ["what is shown in one piece fits in a stream, values and interrupts together", WHOLE_BYTES * 3 < STREAM_BYTES],
  ["what is shown in one piece fits in the backlog", WHOLE_BYTES < BACKLOG_CHARACTERS],
  ["a slot fits in an item", SLOT_BYTES < 400_000 && PART_BYTES < 400_000],
]);
