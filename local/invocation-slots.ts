/** Limits the invocations that run at once on this machine. */
import { LOCAL_RELIEF } from "./timings.ts";

export interface InvocationSlots {
  /** Waits for at least one slot, and takes at most `most`. */
  take(most: number): Promise<number>;
  give(count: number): void;
}

/**
 * If none comes free for a while, one is added: all running invocations may wait for runs that they have started.
 * @param relief ms until then; Infinity = never
 */
export function createSlots(total: number, relief = LOCAL_RELIEF): InvocationSlots {
  let free = total;
  const waiting: (() => void)[] = [];
  const isFull = (): boolean => free <= 0;
  const nextGiven = async (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const relieve = (): void => {
      free++;
      resolve();
    };
    const timer = relief === Infinity ? undefined : setTimeout(relieve, relief);
    waiting.push(resolve);
    await promise;
    clearTimeout(timer);
  };
  return {
    async take(most) {
      while (isFull()) await nextGiven();
      const taken = Math.min(free, most);
      free -= taken;
      return taken;
    },
    give(count) {
      free = Math.min(free + count, total);
      if (count > 0) for (const wake of waiting.splice(0)) wake();
    },
  };
}
