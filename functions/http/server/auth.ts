/**
 * Who may ask: a key in `x-api-key`, compared by its hash before anything of the request is parsed. Must not keep or log a key.
 * `x-auth-scheme: langsmith` proves nothing here (design 6).
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { StoredKeys } from "./stored-keys.ts";

/**
 * SHA-256 hashes of keys, in hexadecimal. Several, so that a key can be rotated without an outage. `stored`: more of them, read when
 * needed.
 */
export type AuthSettings = { kind: "none" } | { kind: "key"; sha256: readonly string[]; stored?: StoredKeys };

/** `unavailable`: the keys cannot be read, so nobody passes. */
export type Verdict = "pass" | "unauthorized" | "unavailable";

/** Paths that need no key: liveness, version, and what every server of this kind has. */
export const PUBLIC_PATHS: ReadonlySet<string> = new Set(["/", "/ok", "/info", "/docs", "/docs/", "/openapi.json"]);
/** The page `/watch`, which has no data: what it shows it asks for with a key. */
const isPage = (path: string): boolean => path === "/watch" || path.startsWith("/watch/");

/**
 * @returns whether a request may pass
 * @throws Error for a key setting without keys: such a server must not start
 */
export function gate(auth: AuthSettings): (request: Request, path: string) => Promise<Verdict> {
  if (auth.kind === "none") return () => Promise.resolve("pass");
  const { sha256: own, stored } = auth;
  if ((own.length === 0 && !stored) || !own.every(isHash))
    throw new Error("API keys are required, but no SHA-256 hash of a key is set; or say that no auth is wanted");
  return async (request, path) => {
    if (PUBLIC_PATHS.has(path) || isPage(path)) return "pass";
    const key = request.headers.get("x-api-key");
    if (!key) return "unauthorized";
    const presented = createHash("sha256").update(key).digest();
    if (isAmong(own, presented)) return "pass";
    if (!stored) return "unauthorized";
    try {
      if (isAmong(await stored.known(), presented)) return "pass";
      return isAmong((await stored.renewed()) ?? [], presented) ? "pass" : "unauthorized";
    } catch {
      return "unavailable";
    }
  };
}

const isHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

/** Constant time, whichever hash matches. */
function isAmong(hashes: readonly string[], presented: Buffer): boolean {
  let known = false;
  for (const hash of hashes) if (isHash(hash) && timingSafeEqual(Buffer.from(hash, "hex"), presented)) known = true;
  return known;
}

export const UNAUTHORIZED = "Unauthorized: a valid key is needed in the x-api-key header";
export const KEYS_UNREADABLE = "The keys of this server cannot be read at the moment. Try again.";
