/**
 * Route tables: method and path to handler. Specific paths win over parameters, whatever their order (Agent Server API). A known path with
 * another method is 405.
 */
import type { Context, Hono } from "hono";
import type { RequestContext } from "../edge/request-context.ts";
import { errorResponse } from "./respond.ts";

export type Asked = Context<{ Bindings: RequestContext }>;
export type Handler = (asked: Asked) => Response | Promise<Response>;

/** `"GET /threads/:thread_id"` → handler. */
export type Routes = Record<string, Handler>;

type Methods = Map<string, Handler>;

/** @param isOff by the path of a route, asked at each request @throws Error for a route that two tables answer */
export function mount(
  app: Hono<{ Bindings: RequestContext }>,
  tables: readonly Routes[],
  isOff: (path: string) => boolean = () => false,
): void {
  const paths = new Map<string, Methods>();
  for (const [route, handler] of tables.flatMap((table) => Object.entries(table))) {
    const [method = "", path = ""] = route.split(" ");
    const methods = paths.get(path) ?? new Map<string, Handler>();
    if (methods.has(method)) throw new Error(`two handlers for ${route}`);
    paths.set(path, methods.set(method, handler));
  }
  for (const [path, methods] of [...paths].toSorted(([a], [b]) => bySpecificity(a, b))) {
    for (const [method, handler] of methods)
      app.on(method, path, (asked) => (isOff(path) ? notFound() : handler(asked)));
    const allow = [...methods.keys(), ...(methods.has("GET") ? ["HEAD"] : [])].toSorted().join(", ");
    app.all(path, () => (isOff(path) ? notFound() : errorResponse(405, "Method Not Allowed", { allow })));
  }
}

/** Whether a path, decoded, is one of the tables'. */
export function pathMatcher(tables: readonly Routes[]): (path: string) => boolean {
  const paths = new Set(
    tables.flatMap((table) => Object.keys(table)).map((route) => route.slice(route.indexOf(" ") + 1)),
  );
  const parts = [...paths].map((path) => path.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(/:\w+/g, "[^/]+"));
  const pattern = new RegExp(`^(?:${parts.join("|")})/?$`);
  return (path) => pattern.test(path);
}

export const notFound = (): Response => errorResponse(404, "Not Found");

/** Segment by segment: a literal before a parameter. */
export function bySpecificity(a: string, b: string): number {
  const [left, right] = [a.split("/"), b.split("/")];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = Number(left[i]?.startsWith(":")) - Number(right[i]?.startsWith(":"));
    if (difference) return difference;
  }
  return left.length - right.length;
}
