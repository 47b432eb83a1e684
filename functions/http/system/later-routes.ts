/**
 * Routes of the official API that this release does not serve yet: answered with a clear error (Agent Server API). Must not contain a route
 * that routes.ts serves.
 */
import { notSupported } from "../server/http-error.ts";
import type { Routes } from "../server/routes.ts";

const LATER: Record<string, string> = {
  "GET /metrics": "GET /metrics",
  "GET /docs": "The API reference page",
  "GET /openapi.json": "The OpenAPI document",

  "GET /threads/:thread_id/stream": "Streaming a whole thread",
  "GET /threads/:thread_id/stream/events": "The thread streaming protocol",
  "POST /threads/:thread_id/stream/events": "The thread streaming protocol",
  "POST /threads/:thread_id/commands": "The thread streaming protocol",

  "GET /mcp": "MCP",
  "POST /mcp": "MCP",
  "DELETE /mcp": "MCP",
  "GET /mcp/": "MCP",
  "POST /mcp/": "MCP",
  "DELETE /mcp/": "MCP",
  "POST /a2a/:assistant_id": "A2A",
  "GET /.well-known/agent-card.json": "A2A",
};

export const laterRoutes: Routes = Object.fromEntries(
  Object.entries(LATER).map(([route, what]) => [
    route,
    () => {
      throw notSupported(what);
    },
  ]),
);
