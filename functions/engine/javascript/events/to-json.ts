/**
 * A graph's values as JSON text for the wire. Messages are flat objects, `{...data, type}`, as every client expects (Agent Server API).
 * Must not copy what JSON can express: a token has about 70 µs for everything.
 */
import { NESTING, NESTING_AROUND, TOO_DEEP } from "../../../core/json/nesting.ts";
import type { Json, JsonObject } from "../../../protocol/json.ts";
import { isObject } from "../langgraph.ts";

/** A value that JSON cannot express. The run fails; the server goes on. */
export class UnserialisableError extends Error {
  override name = "UnserialisableError";
}

/**
 * `undefined` becomes `null`, as in arrays.
 * @throws UnserialisableError, naming `what`, for BigInt, for what contains itself or is nested too deep
 */
export function toJson(value: unknown, what: string): string {
  try {
    return JSON.stringify(plain(value, [])) ?? "null";
  } catch (cause) {
    throw unserialisable(what, reasonOf(cause), cause);
  }
}

/** The same check where a serde has written a placeholder: a user's text may look like one. */
export const assertJson = (value: unknown, what: string): void => void toJson(value, what);

export const unserialisable = (what: string, reason: string, cause?: unknown): UnserialisableError =>
  new UnserialisableError(`${what} cannot be written as JSON: ${reason}`, { cause });

/** The first line only: in the others V8 draws the circle. */
function reasonOf(cause: unknown): string {
  if (cause instanceof RangeError) return cause.message.includes("string length") ? cause.message : TOO_DEEP;
  return cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
}

/** As `toJson`, for channels by name. An error names the channel, as the store's errors do. */
export function channelsToJson(value: unknown, what: string): string {
  try {
    return toJson(value, what);
  } catch (error) {
    for (const [channel, inner] of entriesOf(value)) toJson(inner, `The channel "${channel}"`);
    throw error;
  }
}

/** The same for nodes, by what each writes to its channels. */
export function nodesToJson(value: unknown, what: string): string {
  try {
    return toJson(value, what);
  } catch (error) {
    for (const [, written] of entriesOf(value)) channelsToJson(written, what);
    throw error;
  }
}

const entriesOf = (value: unknown): [string, unknown][] => (isObject(value) ? Object.entries(value) : []);

/** The same as a value: what `JSON.parse` makes of the text. */
export function toPlain(value: unknown, what: string): Json {
  const parsed: Json = JSON.parse(toJson(value, what));
  return parsed;
}

/** The same for what is an object; anything else becomes an empty one. */
export function toPlainObject(value: unknown, what: string): JsonObject {
  const json = toPlain(value, what);
  return typeof json === "object" && json !== null && !Array.isArray(json) ? json : {};
}

/** The part of a LangChain message that every version has. */
export interface Message {
  id?: string | undefined;
  toDict(): { type: string; data: object };
}

export const isMessage = (value: unknown): value is Message => isObject(value) && typeof value["toDict"] === "function";

/** The value as `JSON.stringify` writes it correctly: itself, or a copy of the part that it would write wrongly. */
function plain(value: unknown, above: unknown[]): unknown {
  if (!isObject(value) || above.includes(value)) return value;
  if (above.length > NESTING + NESTING_AROUND) throw new RangeError(TOO_DEEP);
  above.push(value);
  const result = Array.isArray(value) ? plainArray(value, above) : plainObject(value, above);
  above.pop();
  return result;
}

function plainArray(list: unknown[], above: unknown[]): unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    const json = plain(item, above);
    if (json !== item) (copy ??= [...list])[i] = json;
  }
  return copy ?? list;
}

function plainObject(value: Record<string, unknown>, above: unknown[]): unknown {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    const other = instanceToJson(value);
    if (other !== value) return plain(other, above);
  }
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (typeof item !== "object" || item === null) continue;
    const json = plain(item, above);
    // An assignment to `__proto__` would make no key.
    if (json !== item) Object.defineProperty((copy ??= { ...value }), key, { value: json });
  }
  return copy ?? value;
}

/** The JSON form of an instance of a class. Dates are left to `JSON.stringify`. */
function instanceToJson(value: Record<string, unknown>): unknown {
  if (value instanceof Date) return value;
  if (isMessage(value)) {
    const { type, data } = value.toDict();
    return { ...data, type };
  }
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  // As the store returns it, which keeps only an error's text.
  if (value instanceof Error) return { error: "Error", message: value.message };
  if (value instanceof Uint8Array) return { type: "Buffer", data: [...value] };
  return typeof value["toJSON"] === "function" ? (value["toJSON"]() as unknown) : value;
}
