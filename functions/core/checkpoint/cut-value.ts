/** Cuts a serialised value into pieces, which are stored under the hash of their content. A piece ends only where it is full. */
import type { ChannelValue } from "./checkpoint-port.ts";
import { PART_BYTES } from "./limits.ts";

/** Top bit of a piece's element count: its last element continues in the next piece. */
const GOES_ON = 0x8000_0000;
const WORD = 4;

/**
 * At least one piece, each at most `limit` bytes plus its header. Layout: element count, element lengths (32 bits each, big endian), bytes.
 * The value's type is not included, so equal bytes are one piece.
 */
export function cutPieces(value: ChannelValue, limit = PART_BYTES): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let spans: Uint8Array[] = [];
  let size = 0;
  const flush = (goesOn: boolean) => {
    pieces.push(frame(spans, goesOn));
    spans = [];
    size = 0;
  };
  for (const element of value.elements) {
    if (size >= limit) flush(false);
    let at = 0;
    while (element.length - at > limit - size) {
      const end = at + limit - size;
      spans.push(element.subarray(at, end));
      at = end;
      flush(true);
    }
    spans.push(element.subarray(at));
    size += element.length - at;
  }
  flush(false);
  return pieces;
}

/** Inverse of `cutPieces`; elements that lie in one piece are views of it. */
export function joinPieces(type: string, pieces: readonly Uint8Array[]): ChannelValue {
  const elements: Uint8Array[] = [];
  let open: Uint8Array[] = [];
  for (const piece of pieces) {
    const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
    const head = view.getUint32(0);
    const goesOn = head >= GOES_ON;
    const count = goesOn ? head - GOES_ON : head;
    let at = WORD * (1 + count);
    for (let index = 0; index < count; index++) {
      const length = view.getUint32(WORD * (1 + index));
      open.push(piece.subarray(at, at + length));
      at += length;
      if (goesOn && index === count - 1) break;
      elements.push(joinElements(open));
      open = [];
    }
  }
  return { type, elements };
}

function frame(spans: readonly Uint8Array[], goesOn: boolean): Uint8Array {
  const header = new DataView(new ArrayBuffer(WORD * (1 + spans.length)));
  header.setUint32(0, spans.length + (goesOn ? GOES_ON : 0));
  for (const [index, span] of spans.entries()) header.setUint32(WORD * (1 + index), span.length);
  return Buffer.concat([new Uint8Array(header.buffer), ...spans]);
}

/** A single span is returned without a copy. */
export const joinElements = (spans: readonly Uint8Array[]): Uint8Array => {
  const [only] = spans;
  return spans.length === 1 && only ? only : Buffer.concat(spans);
};
