/**
 * Where appender and reader share a process, the one wakes the other. A hint: whoever wakes reads the table, and whoever misses it reads
 * at the next poll. Must not carry data.
 */
import { EventEmitter } from "node:events";
import { keepRecent } from "../functions/core/keep-recent.ts";
import type { Wake } from "../functions/core/ports.ts";
import { WAKE_THREADS } from "../functions/core/timings.ts";

export function createWake(): Wake {
  const emitter = new EventEmitter().setMaxListeners(0);
  const lastSlot = new Map<string, number>();
  return {
    notify(thread_id, slot) {
      if ((lastSlot.get(thread_id) ?? 0) >= slot) return;
      keepRecent(lastSlot, thread_id, slot, WAKE_THREADS);
      emitter.emit(thread_id);
    },
    wait(thread_id, after, ms, signal) {
      if ((lastSlot.get(thread_id) ?? 0) > after || signal?.aborted) return Promise.resolve();
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
