/**
 * From a graph's values to JSON text for the wire: messages as flat objects, `{...data, type}`, as every client expects them
 * (Agent Server API). Must not copy what JSON can say as it is: a token has some 70 µs for everything.
 */
import type { Json, JsonObject } from "../protocol/json.ts";
import { isObject } from "./langgraph.ts";

/** A value that JSON cannot express. The run fails; the server goes on. */
export class UnserialisableError extends Error {
  override name = "UnserialisableError";
}

/** Throws UnserialisableError, naming `what`, for BigInt and circular values. `undefined` becomes `null`, as in arrays. */
export function toJson(value: unknown, what: string): string {
  try {
    return JSON.stringify(plain(value, [])) ?? "null";
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
    throw new UnserialisableError(`${what} cannot be written as JSON: ${reason}`, { cause });
  }
}

/** The same as a value: what `JSON.parse` makes of the text. */
export function toPlain(value: unknown, what: string): Json {
  const said: Json = JSON.parse(toJson(value, what));
  return said;
}

/** The same for what is an object; anything else becomes an empty one. */
export function toPlainObject(value: unknown, what: string): JsonObject {
  const said = toPlain(value, what);
  return typeof said === "object" && said !== null && !Array.isArray(said) ? said : {};
}

/** The part of a LangChain message that every version has. */
export interface Message {
  id?: string | undefined;
  toDict(): { type: string; data: object };
}

export const isMessage = (value: unknown): value is Message => isObject(value) && typeof value["toDict"] === "function";

/** The value as `JSON.stringify` writes it correctly: itself, or a copy of the part that contains something it would write wrongly. */
function plain(value: unknown, above: unknown[]): unknown {
  if (!isObject(value) || above.includes(value)) return value;
  above.push(value);
  const result = Array.isArray(value) ? plainArray(value, above) : plainObject(value, above);
  above.pop();
  return result;
}

function plainArray(list: unknown[], above: unknown[]): unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    const said = plain(item, above);
    if (said !== item) (copy ??= [...list])[i] = said;
  }
  return copy ?? list;
}

function plainObject(value: Record<string, unknown>, above: unknown[]): unknown {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    const other = spoken(value);
    if (other !== value) return plain(other, above);
  }
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (typeof item !== "object" || item === null) continue;
    const said = plain(item, above);
    if (said !== item) (copy ??= { ...value })[key] = said;
  }
  return copy ?? value;
}

/** What an instance of a class gives for its JSON. Dates are left to `JSON.stringify`. */
function spoken(value: Record<string, unknown>): unknown {
  if (value instanceof Date) return value;
  if (isMessage(value)) {
    const { type, data } = value.toDict();
    return { ...data, type };
  }
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  if (value instanceof Error) return { error: value.name, message: value.message };
  return typeof value["toJSON"] === "function" ? (value["toJSON"]() as unknown) : value;
}
