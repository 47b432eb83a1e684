/**
 * The app on a Node server: the local system, or a container. Streams at the reader's pace, reports disconnects to the app, and
 * aborts the connection when a body fails.
 */
import { constants } from "node:http2";
import { errorResponse } from "../server/respond.ts";
import { type AnyRequest, type AnyResponse, type Certificate, http2 } from "./http2.ts";
import type { App } from "./request-context.ts";
import { type Address, listen, type NodeServer, plainHttp } from "./listen.ts";
import { pump } from "./pump.ts";

/** @param certificate for HTTP/2 over TLS; without it, plain HTTP/1.1 @throws the error of `listen` */
export function serveNode(app: App, address: Address, certificate?: Certificate): Promise<NodeServer> {
  const answered = (req: AnyRequest, res: AnyResponse): void => void answer(app, req, res).catch(() => res.destroy());
  return listen(answered, address, certificate ? http2(certificate) : plainHttp);
}

async function answer(app: App, req: AnyRequest, res: AnyResponse): Promise<void> {
  const gone = new AbortController();
  res.once("close", () => gone.abort("the client has gone"));
  const request = requestOf(req);
  const response = request
    ? await app.fetch(request, { disconnected: gone.signal })
    : errorResponse(400, "Malformed request");

  for (const [name, value] of response.headers) if (name !== "set-cookie") res.setHeader(name, value);
  const cookies = response.headers.getSetCookie();
  if (cookies.length) res.setHeader("set-cookie", cookies);
  // At once in HTTP/2.
  if ("stream" in res) res.writeHead(response.status);
  else res.writeHead(response.status);
  if (!response.body || req.method === "HEAD") {
    await response.body?.cancel();
    res.end();
    return;
  }
  // A body of unknown length is live: its headers must not wait for its first chunk.
  if (!("stream" in res) && !response.headers.has("content-length")) res.flushHeaders();
  // HTTP/2's response knows less of its state than the stream below it.
  const pumped = await pump(response.body, "stream" in res ? res.stream : res);
  if (pumped.kind === "ended") res.end();
  // Without the last chunk, so that no client takes it for an end. What was written before still arrives.
  else if (pumped.kind === "cut") cutOff(res);
  else res.destroy();
}

function cutOff(res: AnyResponse): void {
  if ("stream" in res) res.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else res.socket?.destroySoon();
}

/** undefined = a method or target that is no HTTP request of ours. */
function requestOf(req: AnyRequest): Request | undefined {
  const { method = "GET", url = "/" } = req;
  if (!url.startsWith("/")) return undefined;
  const headers = new Headers();
  try {
    for (let i = 0; i + 1 < req.rawHeaders.length; i += 2) {
      const name = req.rawHeaders[i] ?? "";
      // HTTP/2 has method, path and host as pseudo-headers.
      if (!name.startsWith(":")) headers.append(name, req.rawHeaders[i + 1] ?? "");
    }
    const host = "authority" in req ? req.authority : req.headers.host;
    if (host && !headers.has("host")) headers.set("host", host);
    const target = `${"encrypted" in req.socket ? "https" : "http"}://${host || "localhost"}${url}`;
    const bodiless = method === "GET" || method === "HEAD" || !hasBody(req);
    if (bodiless) return new Request(target, { method, headers });
    return new Request(target, { method, headers, body: bodyOf(req), duplex: "half" });
  } catch {
    return undefined;
  }
}

const hasBody = (req: AnyRequest): boolean =>
  ("stream" in req && !req.stream.endAfterHeaders) ||
  req.headers["transfer-encoding"] !== undefined ||
  Number(req.headers["content-length"] ?? 0) > 0;

/** Pulled only when the app reads, so that a response by header alone (401, 413) reads nothing. */
function bodyOf(req: AnyRequest): ReadableStream<Uint8Array> {
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
