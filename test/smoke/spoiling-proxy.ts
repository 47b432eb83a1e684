/** An HTTP proxy that spoils event streams on their way, as a bad deployment would. Must not touch other answers. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface SpoilingProxy {
  url: string;
  stop(): Promise<void>;
}

/** From the chunks of a body to those that are passed on. */
export type Spoil = (chunks: AsyncIterable<string>, stream: { joined: boolean }) => AsyncIterable<string>;

export async function startSpoilingProxy(upstream: string, spoil: Spoil): Promise<SpoilingProxy> {
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of request) chunks.push(chunk as Uint8Array);
      const { host: _, connection: __, "content-length": ___, ...headers } = request.headers;
      const answer = await fetch(`${upstream}${request.url}`, {
        method: request.method ?? "GET",
        // Texts are changed on their way, so they must not be compressed.
        headers: { ...(headers as Record<string, string>), "accept-encoding": "identity" },
        ...(chunks.length ? { body: Buffer.concat(chunks) } : {}),
      });
      const stream = answer.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      if (stream) response.flushHeaders();
      const body = textOf(answer);
      const passed = stream ? spoil(body, { joined: request.method === "GET" }) : body;
      for await (const text of passed) response.write(text);
      response.end();
    })().catch(() => response.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function* textOf(answer: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const bytes of answer.body ?? []) yield decoder.decode(bytes, { stream: true });
}

type Name =
  | "buffering"
  | "oneBehind"
  | "withoutIds"
  | "withoutKeepAlives"
  | "endingEarly"
  | "losingOnJoin"
  | "withoutTasks"
  | "firstTwo";

export const spoils: Record<Name, Spoil> = {
  /** All at once at the end. */
  buffering: async function* (chunks) {
    let whole = "";
    for await (const chunk of chunks) whole += chunk;
    yield whole;
  },
  /** Each chunk leaves when the next one comes. */
  oneBehind: async function* (chunks) {
    let held: string | undefined;
    for await (const chunk of chunks) {
      if (held !== undefined) yield held;
      held = chunk;
    }
    if (held !== undefined) yield held;
  },
  withoutIds: async function* (chunks) {
    for await (const chunk of chunks) yield chunk.replaceAll(/^id: .*\n/gm, "");
  },
  withoutKeepAlives: async function* (chunks) {
    for await (const chunk of chunks) yield chunk.replaceAll(/^:.*\n/gm, "");
  },
  /** A clean end in the middle, as proxies with a time limit make it. */
  endingEarly: async function* (chunks, { joined }) {
    let events = 0;
    for await (const chunk of chunks) {
      yield chunk;
      events += chunk.split("\n\n").length - 1;
      if (!joined && events >= 2) return;
    }
  },
  /** As the server answers where the project's LangGraph does not know the modes `tasks` and `checkpoints`. */
  withoutTasks: async function* (chunks) {
    const unknown = JSON.stringify({ attempt: 1, unsupported_stream_modes: ["tasks", "checkpoints"] });
    for await (const chunk of chunks)
      yield chunk.replaceAll(/^(event: )(?:tasks|checkpoints)\n(data: ).*$/gm, `$1metadata\n$2${unknown}`);
  },
  /** Of a run that has no more events than these. */
  firstTwo: async function* (chunks) {
    for await (const chunk of chunks)
      yield chunk
        .split(/(?<=\n\n)/)
        .filter((frame) => !/^id: /m.test(frame) || /^id: 1-1$|^id: 2-1$/m.test(frame))
        .join("");
  },
  /** What a list beside a pub/sub channel does at the hand-over from one to the other. */
  losingOnJoin: async function* (chunks, { joined }) {
    let n = 0;
    for await (const chunk of chunks) if (!joined || ++n !== 2) yield chunk;
  },
};
