/**
 * Lets in only what comes by way of the thing in front of the server, such as CloudFront, which adds a secret header; so the server's own
 * URL is no side door. Looked at before keys and CORS. Must not pass the header on: a project may ask for all headers.
 */
import type { ClientKey } from "../../protocol/client-key.ts";
import type { App } from "../edge/request-context.ts";
import { findKey } from "./find-key.ts";
import { errorResponse } from "./respond.ts";
import type { StoredKeys } from "./stored-keys.ts";

export const ORIGIN_HEADER = "x-origin-secret";
const NOT_FROM_FRONT = "This server is reached by another address.";
const UNREADABLE = "The secret of this server's origin cannot be read at the moment. Try again.";

/** @param stored the secret of now and the one before, so that it can be changed without an outage */
export const behindOrigin = (app: App, stored: StoredKeys<ClientKey>): App => ({
  async fetch(request, context) {
    const sent = request.headers.get(ORIGIN_HEADER);
    try {
      if (!sent || !(await findKey(sent, { own: [], stored }))) return errorResponse(403, NOT_FROM_FRONT);
    } catch {
      return errorResponse(503, UNREADABLE);
    }
    const headers = new Headers(request.headers);
    headers.delete(ORIGIN_HEADER);
    return app.fetch(new Request(request, { headers }), context);
  },
});
