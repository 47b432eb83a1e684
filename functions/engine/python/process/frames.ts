/**
 * Frames between this process and a Python child: u32 length of the rest, u32 length of the header, header (JSON), blobs. `header.blobs`
 * has their lengths. Events of the child that follow each other with the same header are one frame, each a blob.
 */

/** Checked where its fields are used: both ends are ours, and of one version. */
export interface Header {
  op?: string;
  id?: number;
  blobs?: number[];
  [field: string]: unknown;
}

export interface Frame {
  header: Header;
  blobs: Buffer[];
}

const LENGTH = 4;

export function encodeFrame(header: Header, blobs: readonly Uint8Array[] = []): Buffer {
  const head = Buffer.from(JSON.stringify({ ...header, blobs: blobs.map(({ length }) => length) }));
  const lengths = Buffer.alloc(2 * LENGTH);
  const size = blobs.reduce((sum, { length }) => sum + length, LENGTH + head.length);
  lengths.writeUInt32BE(size);
  lengths.writeUInt32BE(head.length, LENGTH);
  return Buffer.concat([lengths, head, ...blobs]);
}

/** Cuts what arrives into frames. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #bytes = 0;

  *read(chunk: Buffer): Generator<Frame> {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    for (;;) {
      if (this.#bytes < LENGTH) return;
      const size = this.#joined(LENGTH).readUInt32BE() + LENGTH;
      if (this.#bytes < size) return;
      const whole = this.#joined(size);
      const rest = whole.subarray(size);
      this.#chunks = rest.length > 0 ? [rest] : [];
      this.#bytes = rest.length;
      yield frameOf(whole.subarray(LENGTH, size));
    }
  }

  /** All that is there, in one piece; for a length the first chunk is enough, since joining copies. */
  #joined(needed: number): Buffer {
    const [first] = this.#chunks;
    if (first && first.length >= needed) {
      if (this.#chunks.length === 1 || needed === LENGTH) return first;
    }
    const whole = Buffer.concat(this.#chunks, this.#bytes);
    this.#chunks = [whole];
    return whole;
  }
}

function frameOf(body: Buffer): Frame {
  const end = LENGTH + body.readUInt32BE();
  const header = JSON.parse(body.toString("utf8", LENGTH, end)) as Header;
  let at = end;
  const blobs = (header.blobs ?? []).map((length) => body.subarray(at, (at += length)));
  return { header, blobs };
}
