/** Frames of the socket to a Python child, and what Python has stored, read without Python. */
import { isPythons, pythonValue } from "../../functions/engine/checkpoint/python-value.ts";
import { encodeFrame, FrameReader } from "../../functions/engine/python/child/frames.ts";

describe("frames", () => {
  const frames = [
    { header: { op: "event", name: "é" }, blobs: [Buffer.from("[1]")] },
    { header: { id: 7, ok: null }, blobs: [] },
    { header: { op: "saver.put" }, blobs: [Buffer.alloc(0), Buffer.alloc(70_000, 3), Buffer.from("x")] },
  ];
  const bytes = Buffer.concat(frames.map(({ header, blobs }) => encodeFrame(header, blobs)));

  test.each([1, 3, 4, 7, 8, 1_000, 65_536, bytes.length])("are the same in pieces of %i bytes", (size) => {
    const reader = new FrameReader();
    const read = [];

    for (let at = 0; at < bytes.length; at += size) read.push(...reader.read(bytes.subarray(at, at + size)));

    expect(read.map(({ header, blobs }) => [header, blobs])).toEqual(
      frames.map(({ header, blobs }) => [{ ...header, blobs: blobs.map(({ length }) => length) }, blobs]),
    );
  });
});

describe("a value that Python has stored", () => {
  const value = (type: string, hex: string) => ({ type, elements: [Buffer.from(hex, "hex")] });

  test.each([
    ["null", "null", "", null],
    ["a small number", "msgpack", "07", 7],
    ["a negative one", "msgpack", "ff", -1],
    ["one of 64 bits", "msgpack", "cf1000000000000000", 2 ** 60],
    ["a float", "msgpack", "cb3ff8000000000000", 1.5],
    ["a text", "msgpack", "a26869", "hi"],
    ["a list", "msgpack", "9301c0c3", [1, null, true]],
    ["a map whose keys are no texts", "msgpack", "8201a16102a162", { 1: "a", 2: "b" }],
    ["bytes", "msgpack", "c4020001", "AAE="],
    // Extension 0 of ["uuid", "UUID", hex]: a class and its only argument.
    [
      "a UUID",
      "msgpack",
      "c72d0093a475756964a455554944d9203132333435363738313233343536373831323334353637383132333435363738",
      "12345678-1234-5678-1234-567812345678",
    ],
  ])("as JSON: %s", (_, type, hex, json) => {
    expect(isPythons(value(type, hex))).toBe(true);
    expect(pythonValue(value(type, hex))).toEqual(json);
  });

  test("of JavaScript is not taken for one", () => {
    expect(isPythons(value("json", "7b7d"))).toBe(false);
  });

  test("that is cut off is an error, not another value", () => {
    expect(() => pythonValue(value("msgpack", "a568"))).toThrow(RangeError);
  });
});
