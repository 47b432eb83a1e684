/**
 * The project's own routes (`http.app`) around ours: its routes come first, and its middleware sees every request (Agent Server API). Must
 * not let a request reach our routes that nobody has looked at.
 */
import { getPath } from "hono/utils/url";
import { AppLoadError } from "../../core/app/app-port.ts";
import type { Engine } from "../../core/run/execute/engine-port.ts";
import type { RequestContext } from "../edge/request-context.ts";
import { isOpenPath } from "./auth.ts";

export interface Admitted {
  context: RequestContext;
  answer: (request: Request) => Promise<Response>;
}

export interface OwnRoutesOptions {
  engine: Pick<Engine, "app" | "http">;
  /** Rejects with the refusal of a request that may not pass. */
  admit: (request: Request, context: RequestContext) => Promise<Admitted>;
  /** Whether a path is one of ours. */
  isOurs: (path: string) => boolean;
  /** The response to what is thrown. */
  failed: (error: unknown, request: Request) => Response;
}

/** Never rejects. */
export function withOwnRoutes({ engine, admit, isOurs, failed }: OwnRoutesOptions) {
  const ours = async (request: Request, context: RequestContext): Promise<Response> => {
    try {
      return await (await admit(request, context)).answer(request);
    } catch (error) {
      return failed(error, request);
    }
  };
  return async (request: Request, context: RequestContext): Promise<Response> => {
    const app = engine.app();
    if (!app) return ours(request, context);
    const { pathname } = new URL(request.url);
    const { enable_custom_route_auth: wantsAuth, middleware_order: order } = engine.http();
    const spare = request.body ? request.clone() : undefined;
    try {
      const isFirst = wantsAuth === true || (order === "auth_first" && isOurs(getPath(request)));
      const admitted = isFirst ? await admit(request, context) : undefined;
      /** Asked as it was admitted; another path is looked at again, and so is every request that nobody has looked at. */
      const otherwise = (passed: Request): Promise<Response> => {
        const whole = passed.bodyUsed || !passed.body ? withBody(passed, spare) : passed;
        const isSame = passed.method === request.method && new URL(passed.url).pathname === pathname;
        const caller = admitted?.context.caller;
        if (admitted && isSame) return admitted.answer(whole).catch((error: unknown) => failed(error, whole));
        return ours(whole, { ...context, ...(caller && { caller }) });
      };
      const told = context.disconnected ? new Request(request, { signal: context.disconnected }) : request;
      return await app.respond(told, { user: admitted?.context.caller ?? context.caller, otherwise });
    } catch (error) {
      if (error instanceof AppLoadError && isOpenPath(pathname, request.method)) return ours(request, context);
      return failed(error, request);
    }
  };
}

/** The app may have read the body before it left the request to us. */
function withBody(passed: Request, spare: Request | undefined): Request {
  const { url, method, headers } = passed;
  const body = method === "GET" || method === "HEAD" ? null : (spare?.body ?? null);
  return body ? new Request(url, { method, headers, body, duplex: "half" }) : new Request(url, { method, headers });
}
