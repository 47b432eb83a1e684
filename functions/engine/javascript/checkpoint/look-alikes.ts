/**
 * Escapes user data that looks like a serialised instance (`{"lc": 2, "type": "constructor", …}`). The serde would make an instance of it,
 * so its key is renamed in the store. So is the key `__proto__`: the serde would make it the prototype of its object.
 */
import { isObject } from "../langgraph.ts";

/** Keys that have to be escaped. */
const KEYS = ["lc", "__proto__"];
const SIGNS = KEYS.map((key) => Buffer.from(`"${key}":`));
/** Quick: false only if there is no such key. */
export const mayHaveLookAlike = (json: Buffer): boolean => SIGNS.some((sign) => json.includes(sign));

const MARK = ":escaped";
const ESCAPABLE = new RegExp(`^(?:${KEYS.join("|")})(?:${MARK})*$`);
const ESCAPED = new RegExp(`^(?:${KEYS.join("|")})(?:${MARK})+$`);

/** Instances are not searched: the serde handles them. */
export function hasLookAlike(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasLookAlike);
  if (value instanceof Map || value instanceof Set) return [...value].some(hasLookAlike);
  if (!isPlain(value)) return false;
  if (value["lc"] === 1 || value["lc"] === 2 || Object.hasOwn(value, "__proto__")) return true;
  return Object.values(value).some(hasLookAlike);
}

export const escapeKeys = (value: unknown): unknown =>
  renamed(value, (key) => (ESCAPABLE.test(key) ? key + MARK : key));

export const unescapeKey = (key: string): string => (ESCAPED.test(key) ? key.slice(0, -MARK.length) : key);

export const unescapeKeys = (value: unknown): unknown => renamed(value, unescapeKey);

/** A copy with renamed keys; instances stay as they are. */
function renamed(value: unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => renamed(item, rename));
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, renamed(item, rename)]));
  if (value instanceof Set) return new Set([...value].map((item) => renamed(item, rename)));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [rename(key), renamed(item, rename)]));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
