/** Frames of the socket to a Python child. */
import { encodeFrame, FrameReader } from "../../functions/engine/python/process/frames.ts";

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
