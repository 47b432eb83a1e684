/**
 * Who may ask: a key in `x-api-key`, compared by its hash before anything of the request is parsed. Must not keep or log a key.
 * `x-auth-scheme: langsmith` proves nothing here (design 7).
 */
import { createHash, timingSafeEqual } from "node:crypto";

/** Hashes in hexadecimal, SHA-256 of a key each; several, so that a key can be changed without an outage. */
export type AuthSettings = { kind: "none" } | { kind: "key"; sha256: readonly string[] };

/** Answered without a key: liveness and version. */
const OPEN = new Set(["/ok", "/info"]);

/**
 * @returns whether a request may pass
 * @throws Error for a key setting without keys: a server that nobody can use, or everybody, must not start
 */
export function gate(auth: AuthSettings): (request: Request, path: string) => boolean {
  if (auth.kind === "none") return () => true;
  const hashes = auth.sha256.map((hash) => Buffer.from(hash, "hex"));
  if (hashes.length === 0 || hashes.some((hash) => hash.length !== 32))
    throw new Error("API keys are required, but no SHA-256 hash of a key is set; or say that no auth is wanted");
  return (request, path) => {
    if (OPEN.has(path)) return true;
    const key = request.headers.get("x-api-key");
    if (!key) return false;
    const presented = createHash("sha256").update(key).digest();
    let known = false;
    for (const hash of hashes) if (timingSafeEqual(hash, presented)) known = true;
    return known;
  };
}

export const UNAUTHORIZED = "Unauthorized: a valid key is needed in the x-api-key header";
