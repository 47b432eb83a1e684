/** The bytes of a slot: lines `event<TAB>json`, compressed, cut into parts when one item cannot hold them. */
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { LogEvent } from "./slot.ts";
import { COMPRESS_BYTES, FAST_BYTES, SLOT_BYTES } from "./timings.ts";

/** First byte of a payload: the codec. Readers do not depend on the writer's choice. */
const RAW = 0;
const ZSTD = 1;

const FASTEST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Event names contain node names, which may contain anything. A line break in one would end the line here and the frame on the wire. */
const CONTROL = /\p{Cc}/gu;

export function encodeEvents(events: readonly LogEvent[]): Uint8Array {
  let text = "";
  for (const { event, data } of events) text += `${event.replace(CONTROL, " ")}\t${data}\n`;
  return pack(Buffer.from(text));
}

/** Inverse of `encodeEvents` for the joined parts of one batch; throws on anything else. */
export function decodeEvents(payload: Uint8Array): LogEvent[] {
  const text = unpack(payload).toString();
  const events: LogEvent[] = [];
  for (let from = 0; from < text.length;) {
    const tab = text.indexOf("\t", from);
    const end = text.indexOf("\n", tab);
    if (tab < 0 || end < 0) throw new Error("this is no payload of events");
    events.push({ event: text.slice(from, tab), data: text.slice(tab + 1, end) });
    from = end + 1;
  }
  return events;
}

/** A codec byte and the bytes, compressed where that pays; also for run inputs and checkpoints. */
export function pack(bytes: Uint8Array): Uint8Array {
  const packed =
    bytes.length < COMPRESS_BYTES ? bytes : zstdCompressSync(bytes, ...(bytes.length < FAST_BYTES ? [] : [FASTEST]));
  const smaller = packed.length < bytes.length;
  return Buffer.concat([Buffer.of(smaller ? ZSTD : RAW), smaller ? packed : bytes]);
}

export function unpack(payload: Uint8Array): Buffer {
  const body = payload.subarray(1);
  return payload[0] === ZSTD ? zstdDecompressSync(body) : Buffer.from(body.buffer, body.byteOffset, body.length);
}

/** At least one part; all but the last go into slots marked `more`. */
export function cutPayload(payload: Uint8Array, limit = SLOT_BYTES): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < payload.length; at += limit) parts.push(payload.subarray(at, at + limit));
  return parts.length ? parts : [payload];
}
