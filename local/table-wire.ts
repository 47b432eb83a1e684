/**
 * The connection from the SDK to our table emulator: HTTP/1.1 over a few sockets, with one write for all requests of a turn of the event
 * loop. Node's own client takes half of a call's CPU. It has no TLS and no redirects, and needs answers of a known length.
 */
import { connect, type Socket } from "node:net";
import type { DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { REQUEST_TIMEOUT } from "../functions/aws/table/limits.ts";
import { TABLE_CONNECTIONS } from "./timings.ts";
import { AnswerReader, type WireAnswer } from "./wire-answers.ts";

interface WireRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: unknown;
}

/** @returns a request handler for clients of that endpoint only */
export function createTableWire(endpoint: string): NonNullable<DynamoDBClientConfig["requestHandler"]> {
  const { hostname, port } = new URL(endpoint);
  const connections: (Connection | undefined)[] = Array.from({ length: TABLE_CONNECTIONS });
  const open = (at: number): Connection => {
    const opened = new Connection(hostname, Number(port), () => {
      if (connections[at] === opened) connections[at] = undefined;
    });
    connections[at] = opened;
    return opened;
  };
  /** The connection with the fewest open requests. */
  const idlest = (): Connection => {
    let least = 0;
    for (const [at, one] of connections.entries()) if (loadOf(one) < loadOf(connections[least])) least = at;
    return connections[least] ?? open(least);
  };
  let destroyed = false;
  return {
    async handle(request: WireRequest) {
      if (destroyed) throw new Error("the client of the table was destroyed");
      return { response: await idlest().ask(request) };
    },
    destroy() {
      destroyed = true;
      for (const one of connections) one?.close();
    },
  };
}

const loadOf = (connection: Connection | undefined): number => connection?.underWay ?? 0;

class Connection {
  readonly #socket: Socket;
  readonly #waiting: PromiseWithResolvers<WireAnswer>[] = [];
  #corked = false;

  constructor(host: string, port: number, onClose: () => void) {
    const reader = new AnswerReader((answer) => this.#waiting.shift()?.resolve(answer));
    this.#socket = connect({ host, port, noDelay: true })
      .on("data", (chunk) => {
        const wrong = reader.read(chunk);
        if (wrong !== undefined) this.#socket.destroy(lost("ECONNRESET", wrong));
      })
      .on("timeout", () => {
        if (this.#waiting.length) this.#socket.destroy(lost("TimeoutError", `no answer within ${REQUEST_TIMEOUT} ms`));
      })
      .on("error", (error) => this.#fail(error))
      .on("close", () => {
        onClose();
        this.#fail(lost("ECONNRESET", "the connection to the table has ended"));
      })
      .setTimeout(REQUEST_TIMEOUT);
  }

  get underWay(): number {
    return this.#waiting.length;
  }

  /** Rejects with what the SDK repeats: then it may have been done. */
  ask({ method, path, headers, body }: WireRequest): Promise<WireAnswer> {
    const answered = Promise.withResolvers<WireAnswer>();
    const bytes = body instanceof Uint8Array ? body : Buffer.from(typeof body === "string" ? body : "");
    let head = `${method} ${path} HTTP/1.1\r\n`;
    for (const name in headers) if (name.toLowerCase() !== "content-length") head += `${name}: ${headers[name]}\r\n`;
    this.#waiting.push(answered);
    this.#cork();
    this.#socket.write(`${head}content-length: ${bytes.length}\r\n\r\n`, "latin1");
    if (bytes.length) this.#socket.write(bytes);
    return answered.promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Holds writes back until the end of this turn, so that its requests are one write. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#socket.cork();
    process.nextTick(() => {
      this.#corked = false;
      this.#socket.uncork();
    });
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

/** The SDK recognises by name and code that a repetition may help. */
const lost = (name: string, message: string): Error => Object.assign(new Error(message), { name, code: name });
