/** Tuned numbers of the table, with unit and reason: its shape, its requests, and what fits in an item. */
import { HOUR, MB, MINUTE, SECOND } from "../../core/units.ts";

/** Actions of a transaction, DynamoDB's quota; and those of a create that ends no waiting run. */
export const TRANSACTION_ACTIONS = 100;
export const CREATE_ACTIONS = 6;
/** Partitions of the index `by-due`. */
export const DUE_SHARDS = 8;
/** Partitions of an index that all threads are spread over. Each takes 1,000 write units a second; a run needs 2. */
export const THREAD_SHARDS = 16;
/** Bytes of what an index holds of a thread. With the keys it stays within 1 KB, one write unit. */
export const SUMMARY_BYTES = 780;
/** Entries of an index that are handed on at once: one request completes those that hold keys alone. */
export const LISTED_AT_ONCE = 100;
/** Partitions of the listing of assistants, which a search reads side by side. */
export const LIST_SHARDS = 4;
/** Partitions of the store's list of first labels. */
export const ROOT_SHARDS = 4;
/** Slots of one transaction, and their bytes, where those of many runs are put together: DynamoDB takes 100 items and 4 MB. */
export const SLOTS_TOGETHER = 50;
export const SLOTS_TOGETHER_BYTES = 1 * MB;
/** Rows live this many times as long as the slots that refer to them, since DynamoDB deletes out of order. */
export const ROWS_OUTLIVE = 1.5;
/** ms. Lease of a concurrency permit: longer than the function that took it can live. */
export const PERMIT_LEASE = 16 * MINUTE;
/** ms. How long a run permit is kept: longer than a delayed run waits and works. The run's row says when the permit is free. */
export const RUN_PERMIT_LIFETIME = 30 * 24 * HOUR;
/** Namespaces that a process remembers to have registered, so that a put is one write. */
export const KNOWN_NAMESPACES = 10_000;
/** Characters of an owner in an index key; longer ones have no partition (keys end at 2,048 bytes). */
export const INDEXED_CHARACTERS = 256;
/** ms. A request to the table that got no answer is repeated: a lost packet costs less than a lease. */
export const REQUEST_TIMEOUT = 4 * SECOND;
export const CONNECT_TIMEOUT = 2 * SECOND;
/** ms of one try to send a message, and of all. A request waits for it, and a lost send is repeated by a reader or the sweeper. */
export const SEND_TRY = 1.5 * SECOND;
export const SEND_TIMEOUT = 4 * SECOND;
/** Sockets of one client: the local system runs readers and workers of LOCAL_CONCURRENCY runs in one process. */
export const MAX_SOCKETS = 256;
/** Items that are looked at, without their values, to see whether a namespace has a live one: the first nearly always is. */
export const USED_PAGE = 20;
/** Items that a search of the vector index gives, DynamoDB's limit. Those that do not fit or are gone leave enough others. */
export const NEAREST = 100;
/** Items that are read at once when the nearest were too few: about 3 read units each. */
export const NEAREST_MORE = 20;
/** Items that a search brings into the vector index, if it lacks some: about 18 write units each, while a client waits. */
export const INDEXED_AT_ONCE = 25;
/** Share of an item's time to live by which a refresh may be late: else each read of an item would write it. */
export const REFRESH_GRAIN = 0.01;
