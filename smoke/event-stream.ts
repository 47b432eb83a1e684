/** Reads an event stream as a client without an SDK does, and notes when each piece arrived and how the body ended. */
export interface Frame {
  id: string | undefined;
  event: string;
  /** JSON text, as it came. */
  data: string;
  /** ms from the request to the arrival of the chunk that completed it. */
  at: number;
  /** Which chunk of the body that was, from 0: frames of one chunk came together. */
  chunk: number;
}

/** `ended`: as a whole body ends. `aborted`: the connection broke. `left`: by us. */
export type StreamEnd = { how: "ended" | "aborted" | "left"; error?: string; at: number };

export class EventStream {
  readonly status: number;
  readonly headers: Headers;
  /** ms from the request to the headers. */
  readonly headersAt: number;
  readonly frames: Frame[] = [];
  /** ms of each comment line: keep-alives. */
  readonly comments: number[] = [];
  /** ms of each chunk of the body. */
  readonly chunks: number[] = [];
  end: StreamEnd | undefined;
  readonly #response: Response;
  readonly #since: number;
  readonly #leave: AbortController;

  constructor(response: Response, since: number, leave: AbortController) {
    this.status = response.status;
    this.headers = response.headers;
    this.headersAt = performance.now() - since;
    this.#response = response;
    this.#since = since;
    this.#leave = leave;
  }

  /**
   * Reads until `enough` says so (the stream is then left) or the body is over. A second call is of no use: a body is read once.
   * @param enough asked after each frame
   */
  async read(enough: (frame: Frame) => boolean = () => false): Promise<this> {
    try {
      await this.#readBody(enough);
      this.end ??= { how: "ended", at: this.#now() };
    } catch (error) {
      this.end ??= { how: "aborted", error: causeOf(error), at: this.#now() };
    }
    return this;
  }

  async #readBody(enough: (frame: Frame) => boolean): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const bytes of this.#response.body ?? []) {
      this.chunks.push(this.#now());
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const frame = this.#take(line);
        if (!frame || !enough(frame)) continue;
        this.end = { how: "left", at: this.#now() };
        this.#leave.abort();
        return;
      }
    }
  }

  #fields: { id?: string; event?: string; data?: string } = {};

  /** @returns the frame that this line completes */
  #take(line: string): Frame | undefined {
    if (line.startsWith(":")) this.comments.push(this.#now());
    const [, name = "", value = ""] = /^(id|event|data): ?(.*)$/.exec(line) ?? [];
    if (name) this.#fields = { ...this.#fields, [name]: value };
    if (line !== "" || this.#fields.event === undefined) return undefined;
    const { id, event, data = "" } = this.#fields;
    this.#fields = {};
    const frame = { id, event, data, at: this.#now(), chunk: this.chunks.length - 1 };
    this.frames.push(frame);
    return frame;
  }

  #now(): number {
    return performance.now() - this.#since;
  }
}

/** What a client is told when a connection breaks, e.g. `terminated (UND_ERR_SOCKET other side closed)`. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return `${error.message} (${"code" in cause ? `${String(cause.code)} ` : ""}${cause.message})`;
}
