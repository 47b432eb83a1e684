/** Slots to items and back. Attribute names are short and ids are bytes, so that a slot of tokens fits into one write unit. */
import type { Slot } from "../../core/log/slot.ts";
import type { FinalStatus } from "../../core/run/run-row.ts";
import { SECOND } from "../../core/units.ts";
import { uuidText } from "../../core/uuid-text.ts";
import { ttlAt } from "../table/expiry.ts";
import { type Attributes, type Key, slotKey, slotOf } from "../table/keys.ts";
import { assertFits, checksOf, isBytes, isFlag, isNumber, isOneOf, isText, optional } from "../table/read-fields.ts";
import { FINAL_STATUSES } from "../table/row-checks.ts";

const uuidBytes = (uuid: string): Uint8Array => Buffer.from(uuid.replaceAll("-", ""), "hex");

export const slotItem = (thread_id: string, slot: Slot, retentionMs: number): Attributes & Key => ({
  ...slotKey(thread_id, slot.slot),
  r: uuidBytes(slot.run_id),
  g: slot.gen,
  e: slot.epoch,
  i: slot.nonce,
  n: slot.count,
  p: slot.payload,
  ...(slot.more && { m: true }),
  ...(slot.parts > 0 && { q: slot.parts }),
  ...(slot.end && { x: slot.end }),
  w: slot.written_at,
  ttl: ttlAt(slot.written_at + retentionMs),
});

interface SlotItem extends Key {
  r: Uint8Array;
  g: number;
  e: number;
  i: string;
  n: number;
  p: Uint8Array;
  m?: true;
  q?: number;
  x?: FinalStatus;
  /** Absent in slots of earlier versions. */
  w?: number;
  ttl: number;
}

const SLOT_CHECKS = checksOf<Omit<SlotItem, keyof Key>>({
  r: isBytes,
  g: isNumber,
  e: isNumber,
  i: isText,
  n: isNumber,
  p: isBytes,
  m: optional(isFlag),
  q: optional(isNumber),
  x: optional(isOneOf(...FINAL_STATUSES)),
  w: optional(isNumber),
  ttl: isNumber,
});

/** @throws Impossible if the item does not fit */
export function toSlot(item: Attributes, retentionMs: number): Slot {
  assertFits(item, SLOT_CHECKS, item);
  const { r, g, e, i, n, p, m, q, x, w, ttl, ...key } = item as unknown as SlotItem;
  return {
    slot: slotOf(key),
    run_id: uuidText(r),
    gen: g,
    epoch: e,
    nonce: i,
    count: n,
    payload: p,
    more: m ?? false,
    parts: q ?? 0,
    written_at: w ?? ttl * SECOND - retentionMs,
    ...(x && { end: x }),
  };
}

/** Readers filter by it: DynamoDB deletes late and out of order. `now` in ms. */
export const isExpired = (item: Attributes, now: number): boolean =>
  typeof item["ttl"] === "number" && item["ttl"] * SECOND <= now;
