/**
 * The app below `http.mount_prefix` of langgraph.json. Must not change what the app says of itself: clients add `Location` to their base
 * URL, which has the prefix (Agent Server API).
 */
import type { App } from "../edge/request-context.ts";
import { errorResponse } from "./respond.ts";

/** Health checks do not know the prefix. */
const WITHOUT_PREFIX = new Set(["/", "/ok"]);

/** @param prefixOf asked at each request: the project may be replaced. Without a slash at its end; undefined = none */
export const mounted = (app: App, prefixOf: () => string | undefined): App => ({
  async fetch(request, context) {
    const prefix = prefixOf();
    const url = new URL(request.url);
    if (prefix === undefined || WITHOUT_PREFIX.has(url.pathname)) return app.fetch(request, context);
    const isBelow = url.pathname === prefix || url.pathname.startsWith(`${prefix}/`);
    if (!isBelow) return errorResponse(404, `Not Found: this server is below ${prefix}`);
    url.pathname = url.pathname.slice(prefix.length) || "/";
    return app.fetch(new Request(url, request), context);
  },
});
