/**
 * A Function URL on loopback: requests become events, the pool runs them, streams are passed on as they come. As on AWS, it leaves CORS to
 * the function and does not report disconnects to it.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Address, listen, type NodeServer, plainHttp } from "../../functions/http/edge/listen.ts";
import { BODY_BYTES } from "../../functions/http/edge/timings.ts";
import type { Refuse } from "../visited-pages.ts";
import type { Pool } from "./pool.ts";
import { toEvent } from "./url-event.ts";
import { type UrlBehaviour, UrlResponse } from "./url-response.ts";

export interface UrlOptions extends UrlBehaviour, Address {
  /** Default: nothing is refused, as by a public URL. */
  refuse?: Refuse;
}

/** @param pool requests wait until it is there */
export const serveUrl = (pool: Promise<Pool>, options: UrlOptions): Promise<NodeServer> =>
  listen((req, res) => void answer(pool, options, req, res).catch(() => res.destroy()), options, plainHttp);

async function answer(
  pool: Promise<Pool>,
  options: UrlOptions,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const { host, origin } = req.headers;
  const why = await options.refuse?.({ host, origin });
  if (why !== undefined) {
    res.writeHead(403, { "content-type": "application/json", connection: "close" });
    res.end(JSON.stringify({ detail: why }));
    return;
  }
  const body = await readBody(req);
  if (body === undefined) {
    res.writeHead(413, { "content-type": "application/json", connection: "close" });
    res.end(JSON.stringify({ message: "Request Too Long" }));
    return;
  }
  const response = new UrlResponse(res, options);
  response.end(await (await pool).invoke(toEvent(req, body), response));
}

/** @returns undefined if it is larger than an invocation may be */
async function readBody(req: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    // The body is read to its end: a client that still sends does not read the answer.
    if (size <= BODY_BYTES) chunks.push(chunk);
  }
  return size > BODY_BYTES ? undefined : Buffer.concat(chunks);
}
