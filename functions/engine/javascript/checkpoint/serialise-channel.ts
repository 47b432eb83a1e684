/**
 * Serialises channel values with the project's own serde. Newer serdes return a promise, older ones a value; both are awaited. Must not
 * hand out bytes that are shared.
 */
import type { ChannelValue } from "../../../core/checkpoint/checkpoint-port.ts";
import { joinElements } from "../../../core/checkpoint/cut-value.ts";
import { isTooDeep, TOO_DEEP } from "../../../core/json/nesting.ts";
import { assertJson, unserialisable } from "../events/to-json.ts";
import { escapeKeys, hasLookAlike, mayHaveLookAlike, unescapeKeys } from "./look-alikes.ts";

/** `new lg.MemorySaver().serde` of any version. */
export interface Serde {
  dumpsTyped(value: unknown): [string, Uint8Array] | Promise<[string, Uint8Array]>;
  loadsTyped(type: string, data: Uint8Array | string): unknown;
}

/** The serde has no bytes for what it cannot serialise (a function). */
export const isNothing = ({ type, elements }: ChannelValue): boolean =>
  type === "json" && elements.every(({ length }) => length === 0);

/** The type of JSON whose keys were escaped (look-alikes.ts). */
export const ESCAPED = "json+escaped";
/** What the serde writes instead of what it cannot serialise. */
const STAND_INS = ["[unable to serialize", "[Circular]"].map((text) => Buffer.from(text));

/**
 * What JSON leaves out (functions, symbols) is not stored. What it cannot express is refused.
 * @param what names the value: `The channel "x"`
 * @throws UnserialisableError for BigInt, for circular values, and for what is nested too deep to be read again
 */
export async function dumpChannel(serde: Serde, value: unknown, what: string): Promise<ChannelValue> {
  const [type, bytes] = await dumped(serde, value, what);
  if (type !== "json") return { type, elements: [bytes] };
  const json = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isTooDeep(json)) throw unserialisable(what, TOO_DEEP);
  if (STAND_INS.some((text) => json.includes(text))) assertJson(value, what);
  if (!mayHaveLookAlike(json) || !hasLookAlike(value)) return { type, elements: [bytes] };
  const [, escaped] = await dumped(serde, escapeKeys(value), what);
  return { type: ESCAPED, elements: [escaped] };
}

async function dumped(serde: Serde, value: unknown, what: string): Promise<[string, Uint8Array]> {
  try {
    return await serde.dumpsTyped(value);
  } catch (error) {
    if (error instanceof RangeError) throw unserialisable(what, TOO_DEEP, error);
    throw error;
  }
}

export async function loadChannel(serde: Serde, value: ChannelValue): Promise<unknown> {
  if (isNothing(value)) return undefined;
  const { type, elements } = value;
  const bytes = joinElements(elements);
  // The serde returns raw bytes without a copy, and a node may write into them. Ours are shared.
  if (type === "bytes") return serde.loadsTyped(type, Uint8Array.from(bytes));
  if (type === ESCAPED) return unescapeKeys(await serde.loadsTyped("json", bytes));
  try {
    return await serde.loadsTyped(type, bytes);
  } catch (error) {
    // User data may look like a LangChain object that does not exist. It is then returned as it was sent.
    if (type !== "json") throw error;
    return JSON.parse(Buffer.from(bytes).toString()) as unknown;
  }
}
