/**
 * Serves the built pages, and forwards what they ask of threads with the key, which so never reaches a browser. No search is forwarded:
 * whoever knows the id of a thread may use it. Put your own sign-in before `forward`.
 *
 *     THREADLINE_URL=https://… THREADLINE_KEY=… PORT=8080 node serve.mjs
 */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const {
  THREADLINE_URL = "http://localhost:2024",
  THREADLINE_KEY = "",
  PORT = "8080",
  HOST = "127.0.0.1",
} = process.env;
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
/** `/threads`, and what is below one thread. */
const FORWARDED = /^\/threads(\/[0-9a-f]{8}-[0-9a-f-]{27}(\/.*)?)?$/;

const server = createServer((request, response) => {
  const { pathname, search } = new URL(request.url ?? "/", "http://localhost");
  const answered = FORWARDED.test(pathname)
    ? forward(request, response, pathname + search)
    : serveFile(response, pathname);
  // The browser has left, or the server has cut a stream at its limit: a body that breaks off tells the page to connect again.
  answered.catch(() => response.destroy());
});

async function forward(request, response, path) {
  const left = new AbortController();
  response.once("close", () => left.abort());
  const answer = await fetch(THREADLINE_URL.replace(/\/$/, "") + path, {
    method: request.method,
    headers: {
      "content-type": request.headers["content-type"] ?? "application/json",
      accept: request.headers.accept ?? "*/*",
      ...(request.headers["last-event-id"] && { "last-event-id": request.headers["last-event-id"] }),
      ...(THREADLINE_KEY && { "x-api-key": THREADLINE_KEY }),
    },
    ...(request.method !== "GET" && { body: request, duplex: "half" }),
    signal: left.signal,
  });
  // The classic client finds the id of its run in `content-location`.
  const told = ["content-type", "content-location", "location"].flatMap((name) => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  response.writeHead(answer.status, { ...Object.fromEntries(told), "cache-control": "no-cache" });
  response.flushHeaders();
  if (answer.body) await pipeline(Readable.fromWeb(answer.body), response);
  else response.end();
}

async function serveFile(response, pathname) {
  const file = join(import.meta.dirname, "dist", pathname === "/" ? "index.html" : pathname);
  const body = await readFile(file).catch(() => undefined);
  response.writeHead(body ? 200 : 404, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
  response.end(body);
}

server.listen(Number(PORT), HOST, () => {
  console.log(`http://localhost:${server.address().port}`);
});
