/**
 * What browsers may send and see: one list for the local server (here) and for the Function URL (the construct), never both at once, for
 * two answers break browsers. Pure: must not import anything.
 */
export const CORS = {
  origins: ["*"],
  methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
  /** What the SDKs send; `*` would not cover `authorization`. */
  requestHeaders: [
    "accept",
    "authorization",
    "cache-control",
    "content-type",
    "idempotency-key",
    "last-event-id",
    "prefer",
    "x-api-key",
    "x-auth-scheme",
    "x-request-id",
  ],
  /** Without `location` a browser never reconnects (Agent Server API). */
  responseHeaders: ["location", "content-location", "x-pagination-total", "x-pagination-next", "last-event-id"],
  maxAgeSeconds: 600,
};

export const isPreflight = (request: Request): boolean =>
  request.method === "OPTIONS" && request.headers.has("origin") && request.headers.has("access-control-request-method");

/** Answered before anything else: a preflight carries no key. A page on https may ask a server on loopback if it is told so. */
export function preflight(request: Request): Response {
  const headers = new Headers({
    "access-control-allow-origin": "*",
    "access-control-allow-methods": CORS.methods.join(", "),
    "access-control-allow-headers": CORS.requestHeaders.join(", "),
    "access-control-max-age": String(CORS.maxAgeSeconds),
  });
  if (request.headers.get("access-control-request-private-network") === "true")
    headers.set("access-control-allow-private-network", "true");
  return new Response(null, { status: 204, headers });
}

/** On every answer, errors too. */
export function allowOrigin(response: Response): Response {
  response.headers.set("access-control-allow-origin", "*");
  response.headers.set("access-control-expose-headers", CORS.responseHeaders.join(", "));
  return response;
}
