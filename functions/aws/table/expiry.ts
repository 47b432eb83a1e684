/**
 * When items expire: slots after the retention, items of a temporary or deleted thread some time after its log. Must not be used to decide
 * whether an item exists: only readers filter by `ttl`.
 */
import type { ThreadRow } from "../../core/thread/thread-row.ts";
import { ROWS_OUTLIVE } from "./limits.ts";

/** A time in ms since 1970 as `ttl`, in seconds, rounded up. */
export const ttlAt = (time: number): number => Math.ceil(time / 1_000);

/** `ttl` of rows whose log is written now. */
export const expiry = (now: number, retentionMs: number): number => ttlAt(now + retentionMs * ROWS_OUTLIVE);

export const threadExpiry = (row: ThreadRow, now: number, retentionMs: number): number | undefined =>
  row.temporary || row.deleted ? expiry(now, retentionMs) : undefined;
