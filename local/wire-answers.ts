/** Parses the HTTP/1.1 answers of one connection, each of a known length. */

export interface WireAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

const HEAD_END = "\r\n\r\n";

export class AnswerReader {
  readonly #onAnswer: (answer: WireAnswer) => void;
  #rest: Buffer = Buffer.alloc(0);
  /** The head that was read, and where its body ends in `#rest`. */
  #head: (Omit<WireAnswer, "body"> & { length: number }) | undefined;

  constructor(onAnswer: (answer: WireAnswer) => void) {
    this.#onAnswer = onAnswer;
  }

  /** @returns what is wrong if this is no answer of a known length; nothing after it can be read */
  read(chunk: Buffer): string | undefined {
    this.#rest = this.#rest.length ? Buffer.concat([this.#rest, chunk]) : chunk;
    for (;;) {
      if (!this.#head) {
        const end = this.#rest.indexOf(HEAD_END);
        if (end === -1) return undefined;
        const head = headOf(this.#rest.toString("latin1", 0, end));
        if (!head) return "this is no answer of a known length";
        this.#head = head;
        this.#rest = this.#rest.subarray(end + HEAD_END.length);
      }
      const { length, ...head } = this.#head;
      if (this.#rest.length < length) return undefined;
      const body = this.#rest.subarray(0, length);
      this.#rest = this.#rest.subarray(length);
      this.#head = undefined;
      this.#onAnswer({ ...head, body });
    }
  }
}

function headOf(text: string): (Omit<WireAnswer, "body"> & { length: number }) | undefined {
  const [first = "", ...lines] = text.split("\r\n");
  const status = /^HTTP\/1\.1 (\d{3})/.exec(first)?.[1];
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const length = headers["content-length"];
  if (status === undefined || length === undefined || !/^\d+$/.test(length)) return undefined;
  return { statusCode: Number(status), headers, length: Number(length) };
}
