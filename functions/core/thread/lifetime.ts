/**
 * How long a thread is kept after its last activity (`ttl`): the start and end of a run, an update of its state, the call that sets it. A
 * thread that is at work does not expire, nor does one before a delayed run begins. A thread that is to be deleted is gone for every reader
 * when its time is over; the sweeper clears it.
 */
import type { ThreadTtl } from "../../protocol/thread.ts";
import { MINUTE } from "../units.ts";
import type { Lifetime, ThreadRow } from "./thread-row.ts";

/** @param now ms @returns the field of a row, none without a `ttl` */
export const lifetimeOf = (ttl: ThreadTtl | undefined, now: number): Pick<ThreadRow, "lifetime"> =>
  ttl ? { lifetime: { strategy: ttl.strategy, ttl_minutes: ttl.ttl, expires_at: endOf(ttl.ttl, now) } } : {};

/**
 * The lifetime starts again. It never ends earlier than it would have: a delayed run may have set it.
 * @param from ms since 1970 when something begins or ends on the thread
 */
export function renewed({ lifetime }: ThreadRow, from: number): Pick<ThreadRow, "lifetime"> {
  if (!lifetime) return {};
  const { expires_at: before } = lifetime;
  const expires_at = endOf(lifetime.ttl_minutes, from);
  return { lifetime: { ...lifetime, expires_at: before !== null && before > expires_at ? before : expires_at } };
}

const endOf = (minutes: number, now: number): string => new Date(now + minutes * MINUTE).toISOString();

type Lasting = Pick<ThreadRow, "status"> & { lifetime?: Lifetime };

export const isOver = ({ lifetime, status }: Lasting, now: number): boolean =>
  status !== "busy" && lifetime?.expires_at != null && Date.parse(lifetime.expires_at) <= now;

/** Deleted for readers, although its row is not yet. */
export const isExpired = (row: Lasting, now: number): boolean =>
  row.lifetime?.strategy === "delete" && isOver(row, now);

/** A row as its readers see it now. */
export const asOf = (row: ThreadRow, now: number): ThreadRow =>
  !row.deleted && isExpired(row, now) ? { ...row, deleted: true, expired: true } : row;
