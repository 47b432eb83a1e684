/**
 * Values as the store keeps them, by the project's own serde. Newer serdes answer with a promise, older ones at once; both are awaited.
 * One element each for now: an array that may be cut gets one element per item. Must not hand out bytes that are shared.
 */
import type { ChannelValue } from "../core/checkpoint-port.ts";
import { joinElements } from "../core/segments.ts";

/** `new lg.MemorySaver().serde` of any version. */
export interface Serde {
  dumpsTyped(value: unknown): [string, Uint8Array] | Promise<[string, Uint8Array]>;
  loadsTyped(type: string, data: Uint8Array | string): unknown;
}

/** What the serde cannot say (a function) has no bytes. */
export const isNothing = ({ type, elements }: ChannelValue): boolean =>
  type === "json" && elements.every(({ length }) => length === 0);

export async function dumpChannel(serde: Serde, value: unknown): Promise<ChannelValue> {
  const [type, bytes] = await serde.dumpsTyped(value);
  return { type, elements: [bytes] };
}

export async function loadChannel(serde: Serde, value: ChannelValue): Promise<unknown> {
  if (isNothing(value)) return undefined;
  const { type, elements } = value;
  const bytes = joinElements(elements);
  // The serde hands out raw bytes as they are, and a node may write into them; ours are shared.
  if (type === "bytes") return serde.loadsTyped(type, Uint8Array.from(bytes));
  try {
    return await serde.loadsTyped(type, bytes);
  } catch (error) {
    // What a user sent may look like a LangChain object that does not exist: then it is what it was sent as.
    if (type !== "json") throw error;
    return JSON.parse(Buffer.from(bytes).toString()) as unknown;
  }
}
