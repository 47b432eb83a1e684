/** The vectors of an item as bytes: 32-bit floats, one vector after the other. Pure. */
import type { Item } from "../table/item-batches.ts";

export function packVectors(vectors: readonly Float32Array[]): Uint8Array {
  return Buffer.concat(
    vectors.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  );
}

export function vectorsOf({ v, vn }: Item): Float32Array[] {
  if (!(v instanceof Uint8Array) || typeof vn !== "number") return [];
  // A copy: floats begin at a multiple of their size.
  const floats = new Float32Array(Uint8Array.from(v).buffer);
  const length = floats.length / vn;
  return Array.from({ length: vn }, (_, i) => floats.subarray(i * length, (i + 1) * length));
}

/** What is read of an item: all but what the vector index has of it, which is larger than the rest. */
export const ITEM_FIELDS = "pk, sk, d, ik, sn, ca, ua, v, vn, tm, xs, xa";
