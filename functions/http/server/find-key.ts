/** Finds what somebody presents among hashes, in constant time whichever matches. Must not keep or log it. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { ClientKey } from "../../protocol/client-key.ts";
import type { StoredKeys } from "./stored-keys.ts";

export interface KnownKeys {
  /** Those of the settings. */
  own: readonly ClientKey[];
  /** More of them, read when needed, and again for one that is unknown. */
  stored?: StoredKeys<ClientKey> | undefined;
}

/** @returns undefined for one that nobody has. Rejects while the stored keys cannot be read */
export async function findKey(presented: string, { own, stored }: KnownKeys): Promise<ClientKey | undefined> {
  const hash = createHash("sha256").update(presented).digest();
  const among = (keys: readonly ClientKey[]): ClientKey | undefined => {
    let found: ClientKey | undefined;
    for (const key of keys)
      if (isHash(key.sha256) && timingSafeEqual(Buffer.from(key.sha256, "hex"), hash)) found = key;
    return found;
  };
  const known = among(own);
  if (known || !stored) return known;
  return among(await stored.known()) ?? among((await stored.renewed()) ?? []);
}

export const isHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);
