/**
 * Values as the store keeps them, by the project's own serde. Newer serdes answer with a promise, older ones at once; both are awaited.
 * One element each for now: an array that may be cut gets one element per item (persistence.md 4.2).
 */
import type { ChannelValue } from "../core/ports.ts";
import { joinElements } from "../core/segments.ts";

/** `new lg.MemorySaver().serde` of any version. */
export interface Serde {
  dumpsTyped(value: unknown): [string, Uint8Array] | Promise<[string, Uint8Array]>;
  loadsTyped(type: string, data: Uint8Array | string): unknown;
}

/** Rejects with the serde's own error for what it cannot serialise (BigInt). */
export async function dumpChannel(serde: Serde, value: unknown): Promise<ChannelValue> {
  const [type, bytes] = await serde.dumpsTyped(value);
  return { type, elements: [bytes] };
}

export async function loadChannel(serde: Serde, { type, elements }: ChannelValue): Promise<unknown> {
  const bytes = joinElements(elements);
  // The serde hands out raw bytes as they are, and a node may write into them; ours are shared.
  return serde.loadsTyped(type, type === "bytes" ? Uint8Array.from(bytes) : bytes);
}
