/** The port ProjectApp where `http.app` is JavaScript: an app of Hono, or anything that has `fetch(request)`. */
import type { Beside, ProjectApp } from "../../../core/app/app-port.ts";
import { asCaller } from "../../../core/auth/current-caller.ts";
import { isObject } from "../langgraph.ts";

type Fetch = (request: Request, env: object) => Response | Promise<Response>;

/** What handlers find in `context.env`. */
interface Environment {
  /** The caller, where the routes want one. */
  auth?: { user: Beside["user"]; scopes: unknown };
  [OTHERWISE]: Beside["otherwise"];
}
const OTHERWISE = Symbol("the server's own routes");

interface HonoContext {
  env: Partial<Environment>;
  req: { raw: Request };
}
interface Hono {
  fetch: Fetch;
  notFound(answer: (context: HonoContext) => Response | Promise<Response>): unknown;
}

/** @throws Error if it is nothing of the kind */
export function createJavaScriptApp(exported: unknown): ProjectApp["respond"] {
  if (!hasFetch(exported)) throw new Error("it is no app of Hono, and has no fetch(request)");
  const answer = isHono(exported) ? throughHono(exported) : through(exported);
  // Calls of the own server, from here and from what goes on, are the caller's.
  return async (request, beside) => asCaller(beside.user, () => answer(request, beside));
}

const environment = ({ user, otherwise }: Beside): Environment => ({
  ...(user && { auth: { user, scopes: user.permissions } }),
  [OTHERWISE]: otherwise,
});

/** The server's routes take the place of its "not found", so that its middleware is around them, too. */
function throughHono(app: Hono): ProjectApp["respond"] {
  app.notFound(({ env, req }) => env[OTHERWISE]?.(req.raw) ?? new Response("404 Not Found", { status: 404 }));
  return async (request, beside) => app.fetch(request, environment(beside));
}

/** What it answers with 404 the server may have. */
const through =
  (app: { fetch: Fetch }): ProjectApp["respond"] =>
  async (request, beside) => {
    const response = await app.fetch(request, environment(beside));
    if (response.status !== 404) return response;
    await response.body?.cancel();
    return beside.otherwise(request);
  };

const hasFetch = (value: unknown): value is { fetch: Fetch } =>
  (isObject(value) || typeof value === "function") && "fetch" in value && typeof value.fetch === "function";

const isHono = (app: { fetch: Fetch }): app is Hono =>
  "notFound" in app && typeof app.notFound === "function" && "routes" in app && Array.isArray(app.routes);
