/**
 * Values as the store keeps them, by the project's own serde. Newer serdes answer with a promise, older ones at once; both are awaited.
 * One element each for now: an array that may be cut gets one element per item. Must not hand out bytes that are shared.
 */
import type { ChannelValue } from "../../../core/checkpoint/checkpoint-port.ts";
import { joinElements } from "../../../core/checkpoint/cut-value.ts";
import { isTooDeep, TOO_DEEP } from "../../../core/json/nesting.ts";
import { checkWhole } from "../../../core/json/size-limits.ts";
import { assertJson, unserialisable } from "../events/to-json.ts";
import { escapeKeys, hasLookAlike, LOOKS_SERIALISED, unescapeKeys } from "./look-alikes.ts";

/** `new lg.MemorySaver().serde` of any version. */
export interface Serde {
  dumpsTyped(value: unknown): [string, Uint8Array] | Promise<[string, Uint8Array]>;
  loadsTyped(type: string, data: Uint8Array | string): unknown;
}

/** What the serde cannot say (a function) has no bytes. */
export const isNothing = ({ type, elements }: ChannelValue): boolean =>
  type === "json" && elements.every(({ length }) => length === 0);

/** The type of JSON whose keys were escaped (look-alikes.ts). */
const ESCAPED = "json+escaped";
/** What the serde writes in place of what it cannot say. */
const STAND_INS = ["[unable to serialize", "[Circular]"].map((text) => Buffer.from(text));

/**
 * What JSON leaves out (functions, symbols) is not kept. What it cannot say is refused.
 * @param what names the value: `The channel "x"`
 * @throws UnserialisableError for BigInt, for what contains itself, for what is too deep to be read again
 */
export async function dumpChannel(serde: Serde, value: unknown, what: string): Promise<ChannelValue> {
  const [type, bytes] = await dumped(serde, value, what);
  if (type !== "json") return { type, elements: [bytes] };
  const json = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isTooDeep(json)) throw unserialisable(what, TOO_DEEP);
  if (STAND_INS.some((text) => json.includes(text))) assertJson(value, what);
  if (!json.includes(LOOKS_SERIALISED) || !hasLookAlike(value)) return { type, elements: [bytes] };
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
  // The serde hands out raw bytes as they are, and a node may write into them; ours are shared.
  if (type === "bytes") return serde.loadsTyped(type, Uint8Array.from(bytes));
  if (type === ESCAPED) return unescapeKeys(await serde.loadsTyped("json", bytes));
  try {
    return await serde.loadsTyped(type, bytes);
  } catch (error) {
    // What a user sent may look like a LangChain object that does not exist: then it is what it was sent as.
    if (type !== "json") throw error;
    return JSON.parse(Buffer.from(bytes).toString()) as unknown;
  }
}

/** @throws TooLarge with the largest channel's name: nobody could read the values in one piece */
export function checkSizes(values: readonly (readonly [channel: string, value: ChannelValue])[], whole: string): void {
  const sizes = values.map(([channel, { elements }]): [string, number] => [
    channel,
    elements.reduce((sum, { length }) => sum + length, 0),
  ]);
  const [largest] = sizes.toSorted(([, one], [, other]) => other - one);
  if (!largest) return;
  const [channel, bytes] = largest;
  checkWhole(bytes, `The channel "${channel}"`);
  checkWhole(
    sizes.reduce((sum, [, size]) => sum + size, 0),
    `${whole} (most of it the channel "${channel}")`,
  );
}
