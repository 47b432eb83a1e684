/**
 * Who may ask: a key in `x-api-key`, compared by its hash before anything of the request is parsed. Must not keep or log a key.
 * `x-auth-scheme: langsmith` proves nothing here (design 6).
 */
import type { ClientKey } from "../../protocol/client-key.ts";
import { findKey, isHash } from "./find-key.ts";
import type { StoredKeys } from "./stored-keys.ts";

/**
 * SHA-256 hashes of keys, in hexadecimal. Several, so that a key can be rotated without an outage. `named`: those with names. `stored`:
 * more of them, read when needed.
 */
export type AuthSettings =
  | { kind: "none" }
  | { kind: "key"; sha256: readonly string[]; named?: readonly ClientKey[]; stored?: StoredKeys<ClientKey> };

/** `unavailable`: the keys cannot be read, so nobody passes. `key` is absent where none is needed. */
export type Verdict = { kind: "pass"; key?: ClientKey } | { kind: "unauthorized" } | { kind: "unavailable" };

/** Paths that need no key: liveness, version, and what every server of this kind has. */
export const PUBLIC_PATHS: ReadonlySet<string> = new Set(["/", "/ok", "/info", "/docs", "/docs/", "/openapi.json"]);
/** The page `/watch`, which has no data: what it shows it asks for with a key. */
const isPage = (path: string): boolean => path === "/watch" || path.startsWith("/watch/");

/** Scripts and styles of the project's components: what loads them in a page cannot send a key. */
const isComponent = (path: string, method: string): boolean =>
  (method === "GET" || method === "HEAD") && path.startsWith("/ui/");

export const isOpenPath = (path: string, method: string): boolean =>
  PUBLIC_PATHS.has(path) || isPage(path) || isComponent(path, method);

/**
 * @returns whether a request may pass
 * @throws Error for a key setting without keys: such a server must not start
 */
export function keyCheck(auth: AuthSettings): (request: Request, path: string) => Promise<Verdict> {
  if (auth.kind === "none") return () => Promise.resolve({ kind: "pass" });
  const { stored } = auth;
  const own = [...auth.sha256.map((sha256) => ({ sha256 })), ...(auth.named ?? [])];
  if ((own.length === 0 && !stored) || !own.every(({ sha256 }) => isHash(sha256)))
    throw new Error("API keys are required, but no SHA-256 hash of a key is set; or say that no auth is wanted");
  return async (request, path) => {
    if (isOpenPath(path, request.method)) return { kind: "pass" };
    const presented = request.headers.get("x-api-key");
    if (!presented) return { kind: "unauthorized" };
    try {
      const key = await findKey(presented, { own, stored });
      return key ? { kind: "pass", key } : { kind: "unauthorized" };
    } catch {
      return { kind: "unavailable" };
    }
  };
}

export const UNAUTHORIZED = "Unauthorized: a valid key is needed in the x-api-key header";
export const KEYS_UNREADABLE = "The keys of this server cannot be read at the moment. Try again.";
