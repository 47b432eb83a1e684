/**
 * Wakes readers in the process of the appender and hands them the new slots, so that they need not read the table. Slots never change. A
 * reader that finds nothing here reads the table. Only slots that were written may be handed over.
 */
import { EventEmitter } from "node:events";
import type { Wake } from "../functions/core/log/log-port.ts";
import type { Slot } from "../functions/core/log/slot.ts";
import { WAKE_BYTES, WAKE_THREADS } from "./timings.ts";

interface Recent {
  /** Number of the last slot. */
  last: number;
  /** The newest slots without a gap; none if there was no room. */
  slots: Slot[];
}

export function createWake(): Wake {
  const emitter = new EventEmitter().setMaxListeners(0);
  /** By thread, in the order of their last writes. */
  const threads = new Map<string, Recent>();
  let bytes = 0;

  const forget = (recent: Recent): void => {
    for (const { payload } of recent.slots.splice(0)) bytes -= payload.length;
  };
  const makeRoom = (): void => {
    for (const [thread_id, recent] of threads) {
      if (bytes <= WAKE_BYTES && threads.size <= WAKE_THREADS) return;
      forget(recent);
      if (threads.size > WAKE_THREADS) threads.delete(thread_id);
    }
  };

  return {
    notify(thread_id, slot) {
      const recent = threads.get(thread_id) ?? { last: 0, slots: [] };
      if (recent.last >= slot.slot) return;
      if (recent.last + 1 !== slot.slot) forget(recent);
      recent.last = slot.slot;
      recent.slots.push(slot);
      bytes += slot.payload.length;
      threads.delete(thread_id);
      threads.set(thread_id, recent);
      makeRoom();
      emitter.emit(thread_id);
    },
    recent(thread_id, after, limit) {
      const { slots, last } = threads.get(thread_id) ?? { slots: [], last: 0 };
      const from = slots.length - (last - after);
      return from >= 0 && from < slots.length ? slots.slice(from, from + limit) : [];
    },
    wait(thread_id, after, ms, signal) {
      if ((threads.get(thread_id)?.last ?? 0) > after || signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          emitter.off(thread_id, done);
          signal?.removeEventListener("abort", done);
          resolve();
        };
        const timer = setTimeout(done, ms);
        emitter.once(thread_id, done);
        signal?.addEventListener("abort", done, { once: true });
      });
    },
  };
}
