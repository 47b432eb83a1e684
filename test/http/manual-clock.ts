/** A clock that stands still until it is advanced; its wall time can be stepped apart from that. */
import type { Clock } from "../../functions/core/ports.ts";
import { systemClock } from "../../functions/host/clock-and-ids.ts";

interface Sleeper {
  at: number;
  wake: () => void;
}

export class ManualClock implements Clock {
  #now = 1_000_000;
  #stepped = 0;
  readonly #sleepers = new Set<Sleeper>();

  now(): number {
    return this.#now + this.#stepped;
  }

  monotonic(): number {
    return this.#now;
  }

  steadyFor(): number {
    return this.#stepped === 0 ? Infinity : 0;
  }

  /** The wall clock is set: nobody wakes by it. */
  step(ms: number): void {
    this.#stepped += ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = { at: this.#now + ms, wake: resolve };
      const wake = () => {
        this.#sleepers.delete(sleeper);
        resolve();
      };
      sleeper.wake = wake;
      if (signal?.aborted) return resolve();
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", wake, { once: true });
    });
  }

  turn(): Promise<void> {
    return systemClock.turn();
  }

  /** Without `ms` in real time: the event loop turns by itself. */
  schedule(task: () => void, ms?: number): () => void {
    if (ms === undefined) return systemClock.schedule(task);
    const cancelled = new AbortController();
    void this.sleep(ms, cancelled.signal).then(() => cancelled.signal.aborted || task());
    return () => cancelled.abort();
  }

  jitter(): number {
    return systemClock.jitter();
  }

  /** Wakes whoever sleeps until then, and lets them run. */
  async advance(ms: number): Promise<void> {
    this.#now += ms;
    for (const sleeper of this.#sleepers) if (sleeper.at <= this.#now) sleeper.wake();
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Timers that a closed body must not leave behind. */
  get sleeping(): number {
    return this.#sleepers.size;
  }
}
