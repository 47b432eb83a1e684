/**
 * A Function URL on loopback: requests become events, the pool runs them, streams go out as they come; CORS is answered here, as the
 * deployed URL does. Like it, it never tells the function that a client has gone. Must not know any route.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { BODY_BYTES, IDLE_CONNECTION } from "../../functions/core/timings.ts";
import { CORS, isPreflight, preflight } from "../../functions/http/cors.ts";
import type { NodeServer } from "../../functions/http/node-server.ts";
import type { Pool } from "./pool.ts";
import { toEvent } from "./url-event.ts";
import { type UrlBehaviour, UrlResponse } from "./url-response.ts";

export interface UrlOptions extends UrlBehaviour {
  port: number;
  hostname: string;
}

/** @param pool may still be on its way: requests wait for it */
export async function serveUrl(pool: Promise<Pool>, options: UrlOptions): Promise<NodeServer> {
  const server = createServer(
    { keepAliveTimeout: IDLE_CONNECTION, noDelay: true },
    (req, res) => void answer(pool, options, req, res).catch(() => res.destroy()),
  );
  server.listen(options.port, options.hostname);
  await once(server, "listening");
  const port = portOf(server);
  return {
    port,
    url: `http://${options.hostname}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server listens on no port");
  return address.port;
}

async function answer(
  pool: Promise<Pool>,
  options: UrlOptions,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  if (req.headers.origin !== undefined && crossOrigin(req, res) === "answered") return;
  const body = await readBody(req);
  if (body === undefined) {
    res.writeHead(413, { "content-type": "application/json", connection: "close" });
    res.end(JSON.stringify({ message: "Request Too Long" }));
    return;
  }
  const response = new UrlResponse(res, options);
  response.end(await (await pool).invoke(toEvent(req, body), response));
}

/** Answers a preflight without an invocation; else the answer gets its headers from here, whatever the function says. */
function crossOrigin(req: IncomingMessage, res: ServerResponse): "answered" | "go on" {
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) if (typeof value === "string") headers.set(name, value);
  const request = new Request("http://localhost/", { method: req.method === "OPTIONS" ? "OPTIONS" : "GET", headers });
  if (isPreflight(request)) {
    const { status, headers: allow } = preflight(request);
    res.writeHead(status, Object.fromEntries(allow)).end();
    return "answered";
  }
  res.setHeader("access-control-allow-origin", "*");
  res.setHeader("access-control-expose-headers", CORS.responseHeaders.join(", "));
  return "go on";
}

/** @returns undefined if it is larger than an invocation may be */
async function readBody(req: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Read on: a client that still sends would not see the answer.
    if (size <= BODY_BYTES) chunks.push(chunk);
  }
  return size > BODY_BYTES ? undefined : Buffer.concat(chunks);
}
