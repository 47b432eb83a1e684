/**
 * Makes the response of a Function URL from a function's answer: reads the prelude of a stream, passes its chunks on as they come, and
 * turns failures into what a client sees.
 */
import type { ServerResponse } from "node:http";
import { BUFFERED_BYTES } from "./timings.ts";
import type { FunctionError, Invoked, ResponseSink } from "./outcome.ts";

export interface UrlBehaviour {
  /**
   * What a client sees when a handler throws after its first byte: not known of AWS, so both can be tried.
   * `abort`: the connection breaks; `clean`: the body ends as if whole.
   */
  midStreamError: "abort" | "clean";
  /** Pass a chunk on only when the next one comes, as Function URLs were reported to do. */
  holdLastChunk: boolean;
}

interface Head {
  statusCode?: number;
  headers?: Record<string, string>;
  cookies?: string[];
}

interface BufferedAnswer extends Head {
  body?: string;
  isBase64Encoded?: boolean;
}

const INTEGRATION = "application/vnd.awslambda.http-integration-response";
const SEPARATOR = Buffer.alloc(8);

export class UrlResponse implements ResponseSink {
  readonly #res: ServerResponse;
  readonly #behaviour: UrlBehaviour;
  /** The prelude as far as it has come; undefined when it is complete or there is none. */
  #prelude: Buffer | undefined;
  #held: Buffer | undefined;
  /** Of a stream without prelude; its status is not known before its first chunk or its end. */
  #contentType: string | undefined;

  constructor(res: ServerResponse, behaviour: UrlBehaviour) {
    this.#res = res;
    this.#behaviour = behaviour;
  }

  start(contentType: string): void {
    if (contentType === INTEGRATION) this.#prelude = Buffer.alloc(0);
    else this.#contentType = contentType;
  }

  write(chunk: Buffer): Promise<void> | undefined {
    if (!this.#prelude) return this.#pass(chunk);
    const read = Buffer.concat([this.#prelude, chunk]);
    const end = read.indexOf(SEPARATOR);
    if (end < 0) {
      this.#prelude = read;
      return undefined;
    }
    this.#prelude = undefined;
    this.#head(JSON.parse(read.subarray(0, end).toString()) as Head);
    const rest = read.subarray(end + SEPARATOR.length);
    return rest.length > 0 ? this.#pass(rest) : undefined;
  }

  /** Ends the response according to how the invocation ended. */
  end(invoked: Invoked): void {
    switch (invoked.kind) {
      case "throttled":
        return this.#json(429, {
          Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
          Type: "User",
          message: "Rate Exceeded.",
        });
      case "failed":
        return this.#fail(invoked.error, invoked.inStream === true);
      case "streamed":
        this.#plainHead();
        if (!this.#res.headersSent) return this.#fail({ errorType: "Runtime.NoPrelude" }, false);
        if (this.#held) this.#res.write(this.#held);
        this.#res.end();
        return;
      case "answered":
        if (invoked.body.length > BUFFERED_BYTES)
          return this.#fail({ errorType: "Function.ResponseSizeTooLarge" }, false);
        return this.#buffered(JSON.parse(String(invoked.body) || "null"));
    }
  }

  #head({ statusCode = 200, headers = {}, cookies = [] }: Head): void {
    if (this.#res.destroyed) return;
    this.#res.writeHead(statusCode, { ...headers, ...(cookies.length > 0 ? { "set-cookie": cookies } : {}) });
    this.#res.flushHeaders();
  }

  #plainHead(): void {
    if (this.#contentType === undefined || this.#res.headersSent) return;
    this.#head({ headers: { "content-type": this.#contentType } });
  }

  #pass(chunk: Buffer): Promise<void> | undefined {
    this.#plainHead();
    const { holdLastChunk } = this.#behaviour;
    const out = holdLastChunk ? this.#held : chunk;
    if (holdLastChunk) this.#held = chunk;
    if (!out || this.#res.destroyed || this.#res.write(out)) return undefined;
    return new Promise<void>((resolve) => {
      const done = (): void => {
        this.#res.off("drain", done).off("close", done);
        resolve();
      };
      this.#res.on("drain", done).on("close", done);
    });
  }

  #fail({ errorType }: FunctionError, inStream: boolean): void {
    if (!this.#res.headersSent) {
      this.#res.setHeader("x-amzn-errortype", errorType);
      this.#json(502, { Message: "Internal Server Error" });
    } else if (inStream && this.#behaviour.midStreamError === "clean") this.#res.end();
    // Without the last chunk; what was written before still arrives.
    else this.#res.socket?.destroySoon();
  }

  #json(status: number, body: unknown): void {
    this.#res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }

  /** An answer without a status is the body itself. */
  #buffered(answer: unknown): void {
    if (!isBuffered(answer)) return this.#json(200, answer);
    const { body = "", isBase64Encoded, headers, ...head } = answer;
    this.#head({ ...head, headers: { "content-type": "application/json", ...headers } });
    this.#res.end(isBase64Encoded ? Buffer.from(body, "base64") : body);
  }
}

const isBuffered = (answer: unknown): answer is BufferedAnswer =>
  typeof answer === "object" && answer !== null && "statusCode" in answer && typeof answer.statusCode === "number";
