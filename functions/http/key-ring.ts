/**
 * Keys that are stored elsewhere, kept for some minutes: they are read again when they are old, and when a key comes that is none of
 * them, so that a new key works at once. Must not know where they are stored, and must never let somebody pass.
 */
import type { Clock, Logger } from "../core/ports.ts";
import { CLIENT_KEYS_KEPT, CLIENT_KEYS_RENEW, CLIENT_KEYS_STALE } from "../core/timings.ts";

export interface KeyRing {
  /** As they are read: of clients, SHA-256 hashes in hexadecimal. Rejects if none can be read. */
  known(): Promise<readonly string[]>;
  /** After a key that is none of them: what is stored now, or undefined if that was read a moment ago. Rejects as `known` does. */
  renewed(): Promise<readonly string[] | undefined>;
}

/** While the keys cannot be read, the last ones stay valid for CLIENT_KEYS_STALE. @param what they are, for the log */
export function createKeyRing(
  read: () => Promise<readonly string[]>,
  { clock, logger, what = "the keys of clients" }: { clock: Pick<Clock, "now">; logger: Logger; what?: string },
): KeyRing {
  let kept: { keys: readonly string[]; at: number } | undefined;
  let reading: Promise<readonly string[]> | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let failure: unknown;

  const fetch = async (): Promise<readonly string[]> => {
    triedAt = clock.now();
    try {
      const keys = await read();
      kept = { keys, at: clock.now() };
      return keys;
    } catch (error) {
      failure = error;
      logger.error(`${what} cannot be read`, { error: String(error) });
      throw error;
    } finally {
      reading = undefined;
    }
  };
  const mayTry = (): boolean => clock.now() - triedAt >= CLIENT_KEYS_RENEW;
  /** All who ask at once share one read. */
  const newest = (): Promise<readonly string[]> => {
    if (!reading && !mayTry()) return Promise.reject(failure);
    return (reading ??= fetch());
  };

  return {
    async known() {
      if (kept && clock.now() - kept.at < CLIENT_KEYS_KEPT) return kept.keys;
      try {
        return await newest();
      } catch (error) {
        if (kept && clock.now() - kept.at < CLIENT_KEYS_STALE) return kept.keys;
        throw error;
      }
    },
    async renewed() {
      if (!reading && !mayTry()) return undefined;
      return newest();
    },
  };
}
