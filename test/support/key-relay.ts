/**
 * Stands before a deployed server that wants a key: tests ask it without one, and it adds the key. Everything else passes as it is, both
 * ways, cuts too. Must not keep anything.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, request as requestHttp, type ServerResponse } from "node:http";
import { request as requestHttps } from "node:https";
import type { AddressInfo } from "node:net";

export interface Relay {
  /** Without a slash at the end. */
  url: string;
  close(): Promise<void>;
}

export const startKeyRelay = (target: string, key: string): Promise<Relay> =>
  startRelay((asked, answer) => forward(target, { ...asked.headers, "x-api-key": key }, asked, answer));

/** What answers like a deployed server: 401 without the key. It counts the requests that had it. */
export async function startKeyGate(target: string, key: string): Promise<Relay & { passed: () => number }> {
  let passed = 0;
  const relay = await startRelay((asked, answer) => {
    if (asked.headers["x-api-key"] !== key)
      return answer.writeHead(401, { "content-type": "application/json" }).end('{"detail":"Unauthorized"}');
    passed++;
    return forward(target, asked.headers, asked, answer);
  });
  return { ...relay, passed: () => passed };
}

async function startRelay(handle: (asked: IncomingMessage, answer: ServerResponse) => unknown): Promise<Relay> {
  const server = createServer(handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function forward(
  target: string,
  { host: _host, ...headers }: IncomingMessage["headers"],
  asked: IncomingMessage,
  answer: ServerResponse,
): void {
  const send = target.startsWith("https:") ? requestHttps : requestHttp;
  const onward = send(`${target}${asked.url ?? ""}`, { method: asked.method, headers });
  onward.on("response", (given) => {
    answer.writeHead(given.statusCode ?? 502, given.headers);
    answer.flushHeaders();
    given.pipe(answer);
    given.on("close", () => given.complete || answer.destroy());
  });
  onward.on("error", () => answer.destroy());
  answer.on("close", () => onward.destroy());
  asked.pipe(onward);
}
