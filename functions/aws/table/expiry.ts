/**
 * When items expire: slots after the retention, what belongs to a temporary or deleted thread some time after its log. Pure. Must not be
 * asked whether an item is still there: only readers filter by `ttl`.
 */
import type { ThreadRow } from "../../core/thread/thread-row.ts";
import { ROWS_OUTLIVE } from "./limits.ts";

/** A time in ms since 1970 as `ttl` has it, in seconds: never before the time that is meant. */
export const ttlAt = (time: number): number => Math.ceil(time / 1_000);

/** `ttl` of rows whose log is written until now. */
export const expiry = (now: number, retentionMs: number): number => ttlAt(now + retentionMs * ROWS_OUTLIVE);

export const threadExpiry = (row: ThreadRow, now: number, retentionMs: number): number | undefined =>
  row.temporary || row.deleted ? expiry(now, retentionMs) : undefined;
