/**
 * Lambda's response stream as its Node runtime makes it: the prelude (JSON and eight NUL bytes) leaves with the first `write` and only
 * then, an `end` without one skips it, and writing is subject to back-pressure.
 */
import { Writable } from "node:stream";
import type { AwsLambda, Prelude } from "../../functions/http/edge/function-url.ts";

export class ResponseStream extends Writable {
  readonly chunks: Buffer[] = [];
  /** The prelude that was set, written or not. */
  prelude: Prelude | undefined;
  ended = false;
  aborted = false;
  #started = false;
  /** Called for each chunk; what it returns delays the next one. */
  readonly #taken: (chunk: Buffer) => Promise<void> | void;

  constructor({
    highWaterMark = 65_536,
    taken,
  }: { highWaterMark?: number; taken?: (chunk: Buffer) => Promise<void> | void } = {}) {
    super({ highWaterMark });
    this.#taken = taken ?? (() => undefined);
  }

  override write(chunk: unknown, ...rest: unknown[]): boolean {
    if (!this.#started) {
      this.#started = true;
      if (this.prelude) this.chunks.push(Buffer.from(JSON.stringify(this.prelude)), Buffer.alloc(8));
    }
    if (typeof chunk === "string" && chunk === "") return true;
    return super.write.apply(this, [chunk, ...rest] as Parameters<Writable["write"]>);
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.chunks.push(chunk);
    void this.#take(chunk, done);
  }

  async #take(chunk: Buffer, done: (error?: Error) => void): Promise<void> {
    try {
      await this.#taken(chunk);
      done();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }

  override _final(done: () => void): void {
    this.ended = true;
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.ended) this.aborted = true;
    done(error);
  }

  /** As the client of the Function URL sees it. */
  response(): { statusCode: number; headers: Record<string, string>; cookies: string[]; body: string } {
    const all = Buffer.concat(this.chunks);
    const end = all.indexOf(Buffer.alloc(8));
    if (end < 0) throw new Error("the prelude was never written");
    return { ...JSON.parse(all.subarray(0, end).toString()), body: all.subarray(end + 8).toString() };
  }
}

export const standIn: Required<AwsLambda> = {
  streamifyResponse: (handler) => Object.assign(handler, { streaming: true }),
  HttpResponseStream: {
    from(stream, prelude) {
      if (!(stream instanceof ResponseStream)) throw new TypeError("not a response stream");
      stream.prelude = prelude;
      return stream;
    },
  },
};

export const context = { getRemainingTimeInMillis: () => 900_000 };
