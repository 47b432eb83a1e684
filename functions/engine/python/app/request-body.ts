/** The body of a request, a part for each time that an app asks; after the last it waits for the disconnect. */
import type { Answer } from "../process/child.ts";

export class RequestBody {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  readonly #gone: Promise<void>;
  #isRead = false;

  /** @param signal aborts when the caller has gone */
  constructor(stream: ReadableStream<Uint8Array> | null, signal: AbortSignal) {
    this.#reader = stream?.getReader();
    this.#gone = new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
  }

  async next(): Promise<Answer> {
    const gone = this.#gone.then(() => undefined);
    if (this.#isRead) {
      await gone;
      return DISCONNECTED;
    }
    // A body that breaks off is a caller that has gone.
    const part = await Promise.race([this.#reader?.read() ?? END, gone]).catch(() => undefined);
    if (!part) return DISCONNECTED;
    if (part.done) this.#isRead = true;
    return { ok: { disconnected: false, more: !part.done }, blobs: [part.value ?? new Uint8Array()] };
  }
}

const DISCONNECTED: Answer = { ok: { disconnected: true } };
const END = { done: true, value: undefined } as const;
