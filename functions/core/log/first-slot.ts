/** The slot that opens a run's log. The transaction that makes the run active writes it, so the first event does not wait for the queue. */
import { encodeEvents } from "./slot-payload.ts";
import type { LogEvent, Slot } from "./slot.ts";

/** First event of every attempt (Agent Server API). */
export const metadataEvent = (run_id: string, attempt: number): LogEvent => ({
  event: "metadata",
  data: JSON.stringify({ run_id, attempt }),
});

export const firstSlot = (run_id: string, gen: number, slot: number, written_at: number): Slot => ({
  slot,
  run_id,
  gen,
  epoch: 0,
  nonce: `${run_id}.first`,
  count: 1,
  payload: encodeEvents([metadataEvent(run_id, 1)]),
  more: false,
  parts: 0,
  written_at: written_at,
});
