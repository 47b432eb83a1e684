/**
 * Puts virtual time and seeded chance under a whole thread: Date.now, performance.now, Math.random, the timers of the globals and of node:timers/promises.
 * So the code under test runs as it is. Only for a thread of its own; must not be imported by a test process.
 */
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";
import type { Entry, VirtualTime } from "./virtual-time.ts";

interface World {
  time: VirtualTime;
  random: () => number;
}

let world: World | undefined;

/** The world whose time the thread has from now on. */
export function enter(next: World): void {
  world = next;
}

function current(): World {
  if (!world) throw new Error("no simulated world has been entered");
  return world;
}

class VirtualTimer {
  readonly entry: Entry;
  constructor(entry: Entry) {
    this.entry = entry;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
}

function clear(timer: unknown): void {
  if (timer instanceof VirtualTimer) current().time.cancel(timer.entry);
}

function setTimer(fire: (...given: unknown[]) => void, ms = 0, ...given: unknown[]): VirtualTimer {
  const { time } = current();
  // As Node has it: less than a millisecond is one.
  return new VirtualTimer(time.after(Math.max(ms, 1), time.actor, () => fire(...given)));
}

function setSoon(fire: (...given: unknown[]) => void, ...given: unknown[]): VirtualTimer {
  const { time } = current();
  return new VirtualTimer(time.soon(time.actor, () => fire(...given)));
}

/** Rejects when the signal aborts, as the original does. */
function sleep(ms: number, value?: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new DOMException("The operation was aborted", "AbortError"));
    if (signal?.aborted) return stop();
    const timer = setTimer(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve(value);
    }, ms);
    const onAbort = (): void => {
      clear(timer);
      stop();
    };
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

export function replaceTimers(): void {
  Object.assign(globalThis, {
    setTimeout: setTimer,
    clearTimeout: clear,
    setImmediate: setSoon,
    clearImmediate: clear,
  });
  Object.assign(timers, {
    setTimeout: sleep,
    setImmediate: (value?: unknown) => new Promise((resolve) => setSoon(() => resolve(value))),
  });
  syncBuiltinESMExports();
  Date.now = () => current().time.read();
  performance.now = () => current().time.now;
  Math.random = () => current().random();
}
