/** Reads msgpack. What is no JSON (bytes, extensions) is handed to the caller. */

export interface Extensions {
  bytes(data: Uint8Array): unknown;
  extension(code: number, data: Uint8Array): unknown;
  /** A key of a map that has a text of its own in each language: a float, or what has parts. */
  unclearKey?(): void;
}

const decoder = new TextDecoder();

/** @throws RangeError for bytes that end too early, Error for a byte that begins nothing */
export function readMsgpack(data: Uint8Array, extensions: Extensions): unknown {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let at = 0;
  const take = (size: number): Uint8Array => {
    if (at + size > data.length) throw new RangeError("the data ends too early");
    return data.subarray(at, (at += size));
  };
  const number = (size: number, valueAt: (from: number) => number | bigint): number => {
    at += size;
    return Number(valueAt(at - size));
  };
  const unsigned = (size: 1 | 2 | 4): number =>
    number(size, (from) =>
      size === 1 ? view.getUint8(from) : size === 2 ? view.getUint16(from) : view.getUint32(from),
    );
  const text = (size: number): string => decoder.decode(take(size));
  const list = (size: number): unknown[] => Array.from({ length: size }, () => read());
  const map = (size: number): Record<string, unknown> =>
    Object.fromEntries(Array.from({ length: size }, () => [key(), read()] as const));
  const key = (): string => {
    const isFloat = data[at] === 0xca || data[at] === 0xcb;
    const value = read();
    if (isFloat || (typeof value === "object" && value !== null)) extensions.unclearKey?.();
    return String(value);
  };
  const extension = (size: number): unknown => {
    const code = number(1, (from) => view.getInt8(from));
    return extensions.extension(code, take(size));
  };

  /** By the first byte (specification of msgpack). */
  function read(): unknown {
    const byte = unsigned(1);
    if (byte < 0x80) return byte;
    if (byte < 0x90) return map(byte & 0x0f);
    if (byte < 0xa0) return list(byte & 0x0f);
    if (byte < 0xc0) return text(byte & 0x1f);
    if (byte >= 0xe0) return byte - 0x100;
    const long = LONG[byte];
    if (!long) throw new Error(`0x${byte.toString(16)} begins nothing`);
    return long();
  }

  const LONG: Record<number, () => unknown> = {
    0xc0: () => null,
    0xc2: () => false,
    0xc3: () => true,
    0xc4: () => extensions.bytes(take(unsigned(1))),
    0xc5: () => extensions.bytes(take(unsigned(2))),
    0xc6: () => extensions.bytes(take(unsigned(4))),
    0xc7: () => extension(unsigned(1)),
    0xc8: () => extension(unsigned(2)),
    0xc9: () => extension(unsigned(4)),
    0xca: () => number(4, (from) => view.getFloat32(from)),
    0xcb: () => number(8, (from) => view.getFloat64(from)),
    0xcc: () => unsigned(1),
    0xcd: () => unsigned(2),
    0xce: () => unsigned(4),
    0xcf: () => number(8, (from) => view.getBigUint64(from)),
    0xd0: () => number(1, (from) => view.getInt8(from)),
    0xd1: () => number(2, (from) => view.getInt16(from)),
    0xd2: () => number(4, (from) => view.getInt32(from)),
    0xd3: () => number(8, (from) => view.getBigInt64(from)),
    0xd4: () => extension(1),
    0xd5: () => extension(2),
    0xd6: () => extension(4),
    0xd7: () => extension(8),
    0xd8: () => extension(16),
    0xd9: () => text(unsigned(1)),
    0xda: () => text(unsigned(2)),
    0xdb: () => text(unsigned(4)),
    0xdc: () => list(unsigned(2)),
    0xdd: () => list(unsigned(4)),
    0xde: () => map(unsigned(2)),
    0xdf: () => map(unsigned(4)),
  };
  return read();
}
