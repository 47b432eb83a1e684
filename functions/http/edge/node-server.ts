/**
 * The app on a plain Node server: the local system, or a container. Streams at the reader's pace, reports disconnects to the app, and
 * aborts the connection when a body fails.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { errorResponse } from "../server/respond.ts";
import type { App } from "./request-context.ts";
import { type Address, listen, type NodeServer } from "./listen.ts";
import { pump } from "./pump.ts";

/** @throws the error of `listen` */
export const serveNode = (app: App, address: Address): Promise<NodeServer> =>
  listen((req, res) => void answer(app, req, res).catch(() => res.destroy()), address);

async function answer(app: App, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const gone = new AbortController();
  res.once("close", () => gone.abort("the client has gone"));
  const request = requestOf(req);
  const response = request
    ? await app.fetch(request, { disconnected: gone.signal })
    : errorResponse(400, "Malformed request");

  for (const [name, value] of response.headers) if (name !== "set-cookie") res.setHeader(name, value);
  const cookies = response.headers.getSetCookie();
  if (cookies.length) res.setHeader("set-cookie", cookies);
  res.writeHead(response.status);
  if (!response.body || req.method === "HEAD") {
    await response.body?.cancel();
    res.end();
    return;
  }
  // A body of unknown length is live: its headers must not wait for its first chunk.
  if (!response.headers.has("content-length")) res.flushHeaders();
  const pumped = await pump(response.body, res);
  if (pumped.kind === "ended") res.end();
  // Without the last chunk, so that no client takes it for an end. What was written before still arrives.
  else if (pumped.kind === "cut") res.socket?.destroySoon();
  else res.destroy();
}

/** undefined = a method or target that is no HTTP request of ours. */
function requestOf(req: IncomingMessage): Request | undefined {
  const { method = "GET", url = "/" } = req;
  if (!url.startsWith("/")) return undefined;
  const headers = new Headers();
  try {
    for (let i = 0; i + 1 < req.rawHeaders.length; i += 2)
      headers.append(req.rawHeaders[i] ?? "", req.rawHeaders[i + 1] ?? "");
    const target = `http://${req.headers.host ?? "localhost"}${url}`;
    const bodiless = method === "GET" || method === "HEAD" || !hasBody(req);
    if (bodiless) return new Request(target, { method, headers });
    return new Request(target, { method, headers, body: bodyOf(req), duplex: "half" });
  } catch {
    return undefined;
  }
}

const hasBody = (req: IncomingMessage): boolean =>
  req.headers["transfer-encoding"] !== undefined || Number(req.headers["content-length"] ?? 0) > 0;

/** Pulled only when the app reads, so that a response by header alone (401, 413) reads nothing. */
function bodyOf(req: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks = req[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
}
