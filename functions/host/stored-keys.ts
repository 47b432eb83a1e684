/** The port StoredKeys as a cache of some minutes. An unknown key causes another read, so that a new key works at once. */
import type { Clock, Logger } from "../core/ports.ts";
import type { StoredKeys } from "../http/server/stored-keys.ts";
import { STORED_KEYS_KEPT, STORED_KEYS_RENEW, STORED_KEYS_STALE } from "./timings.ts";

/** While the keys cannot be read, the last ones stay valid for STORED_KEYS_STALE. @param what names the keys in log lines */
export function createStoredKeys<K = string>(
  read: () => Promise<readonly K[]>,
  {
    clock,
    logger,
    what = "the keys of clients",
  }: { clock: Pick<Clock, "now" | "monotonic">; logger: Logger; what?: string },
): StoredKeys<K> {
  let kept: { keys: readonly K[]; readAt: Moment } | undefined;
  let reading: Promise<readonly K[]> | undefined;
  let tried: Moment | undefined;
  let failure: unknown;

  const fetch = async (): Promise<readonly K[]> => {
    tried = momentOf(clock);
    try {
      const keys = await read();
      kept = { keys, readAt: momentOf(clock) };
      return keys;
    } catch (error) {
      failure = error;
      logger.error(`${what} cannot be read`, { error: String(error) });
      throw error;
    } finally {
      reading = undefined;
    }
  };
  const mayTry = (): boolean => !tried || ageOf(clock, tried) >= STORED_KEYS_RENEW;
  /** Concurrent callers share one read. */
  const newest = (): Promise<readonly K[]> => {
    if (!reading && !mayTry()) return Promise.reject(failure);
    return (reading ??= fetch());
  };

  return {
    async known() {
      if (kept && ageOf(clock, kept.readAt) < STORED_KEYS_KEPT) return kept.keys;
      try {
        return await newest();
      } catch (error) {
        if (kept && ageOf(clock, kept.readAt) < STORED_KEYS_STALE) return kept.keys;
        throw error;
      }
    },
    async renewed() {
      if (!reading && !mayTry()) return undefined;
      return newest();
    },
  };
}

interface Moment {
  wall: number;
  monotonic: number;
}

const momentOf = (clock: Pick<Clock, "now" | "monotonic">): Moment => ({
  wall: clock.now(),
  monotonic: clock.monotonic(),
});

/** By the clock that says more: the wall clock may have stepped, and the monotonic one may stand still while the process is frozen. */
const ageOf = (clock: Pick<Clock, "now" | "monotonic">, since: Moment): number =>
  Math.max(Math.abs(clock.now() - since.wall), clock.monotonic() - since.monotonic);
