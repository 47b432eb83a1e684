/** When rows expire: what belongs to a temporary or deleted thread goes some time after its log. Pure. */
import type { ThreadRow } from "../core/rows.ts";

const SECOND = 1_000;
/** Rows outlive the slots that refer to them, for DynamoDB deletes out of order. */
const LONGER = 1.5;

/** Seconds since 1970. */
export const expiry = (now: number, retentionMs: number): number => Math.ceil((now + retentionMs * LONGER) / SECOND);

export const threadExpiry = (row: ThreadRow, now: number, retentionMs: number): number | undefined =>
  row.temporary || row.deleted ? expiry(now, retentionMs) : undefined;
