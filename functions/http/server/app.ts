/** The app: every route of this release behind the key, every failure a response `{"detail": …}`. */
import { Hono } from "hono";
import { AppLoadError } from "../../core/app/app-port.ts";
import { whereThrown } from "../../core/failure/where-thrown.ts";
import type { Ports } from "../../core/ports.ts";
import { GraphError, GraphLoadError } from "../../core/run/execute/engine-port.ts";
import { createWatchers } from "../../core/run/watchers.ts";
import type { Auth } from "../../core/auth/auth-port.ts";
import { OutOfSight } from "../../core/auth/scope.ts";
import type { ClientKey } from "../../protocol/client-key.ts";
import type { Replay } from "../../core/stream/replay-start.ts";
import type { Security } from "../a2a/agent-card.ts";
import { a2aRoutes } from "../a2a/a2a-routes.ts";
import { authenticated, userKey } from "../access/authenticate.ts";
import { createGate } from "../access/gate.ts";
import { assistantRoutes } from "../assistant/assistant-routes.ts";
import { shapeRoutes } from "../assistant/shape-routes.ts";
import type { App, RequestContext } from "../edge/request-context.ts";
import type { BodyLimits } from "../edge/open-body.ts";
import { STREAM_BYTES, STREAM_LIMIT } from "../edge/timings.ts";
import { mcpRoutes } from "../mcp/mcp-routes.ts";
import { runRoutes } from "../run/run-routes.ts";
import { storeRoutes } from "../store/store-routes.ts";
import { cronRoutes } from "../cron/cron-routes.ts";
import { commandRoutes } from "../stream/command-routes.ts";
import { threadEventRoutes } from "../stream/event-routes.ts";
import { systemRoutes } from "../system/system-routes.ts";
import { type PageFiles, watchRoutes } from "../watch/watch-routes.ts";
import { threadSearchRoutes } from "../thread/thread-search-routes.ts";
import { threadStreamRoutes } from "../thread/thread-stream.ts";
import { uiRoutes } from "../ui/ui-routes.ts";
import { threadRoutes } from "../thread/thread-routes.ts";
import { type AuthSettings, keyCheck, KEYS_UNREADABLE, UNAUTHORIZED } from "./auth.ts";
import { capped, holding, type StreamCap } from "./cap-streams.ts";
import { compressed } from "./compress.ts";
import { corsPolicy, isPreflight, preflight, withCors } from "./cors.ts";
import { HttpError } from "./http-error.ts";
import { ofProject } from "./of-project.ts";
import { type Admitted, withOwnRoutes } from "./own-routes.ts";
import { errorResponse } from "./respond.ts";
import { mount, notFound, pathMatcher, type Routes } from "./routes.ts";
import { isSwitchedOff } from "./switched-off.ts";

export interface AppSettings {
  auth: AuthSettings;
  /** Users instead of keys: custom auth that is ready made. Default: that of the project, if it has one. */
  users?: Auth;
  /** Studio's header makes its sender Studio's user, where the project does not forbid it: for servers of one machine alone. */
  studio?: boolean;
  /** Whose pages may call; undefined = CORS is answered in front of the app, or no browser calls. Rules of the project: cors.ts. */
  cors: { origins: readonly string[] | undefined } | undefined;
  /** `false`: responses are sent as they are, whatever a client accepts; default: they are compressed. */
  compress?: boolean;
  /** Shown by /info. */
  version: string;
  /** Where clients ask, for cards of agents; default: where the card was asked for. */
  publicUrl?: string;
  /** Caps the open responses of a key; default: no cap. */
  cap?: StreamCap;
  /** What a thread's stream shows again without `since`; default: the newest run. */
  replay?: Replay;
  /** When a long response is cut; default: STREAM_LIMIT and STREAM_BYTES. */
  limits?: BodyLimits;
  /** The files of the page `/watch`; undefined = there is no such page. */
  page?: () => Promise<PageFiles>;
}

interface AppParts {
  ports: Ports;
  settings: AppSettings;
}

/** Every route that does what it says; the API document has the same ones (a test compares them). */
export function servedTables({
  ports,
  settings: { limits, version, publicUrl, auth, users, page, replay = "newest" },
}: AppParts): Routes[] {
  const usersNow = usersOf(ports, users);
  const entrance = createGate(ports, usersNow);
  const isOpen = (): boolean => auth.kind === "none" && usersNow() === undefined;
  const watchers = createWatchers(ports);
  const securityNow = (): Security => {
    if (users) return "bearer";
    return auth.kind === "key" && usersNow() === undefined ? "key" : undefined;
  };
  const cut = limits ?? { ms: STREAM_LIMIT, bytes: STREAM_BYTES };
  return [
    systemRoutes(ports, { version, open: isOpen, page: page !== undefined }),
    assistantRoutes(entrance),
    shapeRoutes(entrance),
    threadRoutes(entrance),
    threadSearchRoutes(entrance),
    threadStreamRoutes(entrance, cut),
    threadEventRoutes(entrance, { limits: cut, replay }),
    commandRoutes(entrance),
    runRoutes(entrance, { limits: cut, watchers }),
    cronRoutes(entrance),
    storeRoutes(entrance),
    mcpRoutes(entrance, { limits: cut, version, watchers }),
    uiRoutes({ engine: ports.engine, publicUrl }),
    a2aRoutes(entrance, { limits: cut, version, security: securityNow, publicUrl }),
  ];
}

/** Asked at each request: the project may be replaced. */
const usersOf =
  ({ engine }: Ports, readyMade: Auth | undefined) =>
  (): Auth | undefined =>
    readyMade ?? engine.auth();

/** @throws Error for settings that would lock everybody out */
export function createApp({ ports, settings }: AppParts): App {
  const mayPass = keyCheck(settings.auth);
  const usersNow = usersOf(ports, settings.users);
  const { cors } = settings;
  const policy = cors && ofProject(ports.engine, (config) => corsPolicy(config.cors, cors.origins));
  const routes = new Hono<{ Bindings: RequestContext }>();
  const { page } = settings;
  const tables = [...servedTables({ ports, settings }), ...(page ? [watchRoutes(page)] : [])];
  mount(routes, tables, (path) => isSwitchedOff(ports.engine.http(), path));
  // People type the slash. The path is relative, since what is in front of the server may add a prefix to it.
  routes.get("/docs/", (asked) => asked.redirect("../docs", 308));
  // As the official server does: a client follows it with its body.
  routes.all("/mcp/", (asked) => asked.redirect("../mcp", 307));
  if (page) routes.get("/watch/", (asked) => asked.redirect("../watch", 308));
  routes.notFound(notFound);
  const failed = (error: unknown, request: Request): Response => {
    if (error instanceof OutOfSight) return errorResponse(404, "Not Found");
    if (error instanceof HttpError) return errorResponse(error.status, error.message, error.headers);
    if (error instanceof AppLoadError) return errorResponse(500, error.message);
    const { pathname } = new URL(request.url);
    if (error instanceof RangeError && error.message.includes("call stack"))
      return errorResponse(422, "body: nested too deeply");
    // No 5xx, which the SDKs repeat for 20 s: each time it would be loaded in vain.
    if (error instanceof GraphLoadError) return errorResponse(422, error.message);
    ports.logger.error("request failed", { method: request.method, path: pathname, ...whereThrown(error) });
    return errorResponse(500, error instanceof GraphError ? error.message : "Internal server error");
  };
  routes.onError((error, asked) => failed(error, asked.req.raw));

  const routed = async (request: Request, context: RequestContext): Promise<Response> => {
    const response = await routes.fetch(request, context);
    return settings.compress === false ? response : compressed(request, response);
  };
  /** HEAD: the response to GET without its body, which is cancelled. */
  const headOf = async (request: Request, context: RequestContext): Promise<Response> => {
    const { status, headers, body } = await routed(new Request(request, { method: "GET" }), context);
    await body?.cancel();
    return new Response(null, { status, headers });
  };
  /** @param key whose long responses are counted */
  const routedOf = async (request: Request, context: RequestContext, key?: ClientKey): Promise<Response> => {
    if (request.method === "HEAD") return headOf(request, context);
    const { cap } = settings;
    if (!cap) return routed(request, context);
    const hold: RequestContext["hold"] = (long) => holding(cap, { key, answer: long });
    return capped(cap, request, { key, answer: () => routed(request, { ...context, hold }) });
  };
  /** @throws HttpError for whoever may not pass */
  const admit = async (request: Request, context: RequestContext): Promise<Admitted> => {
    const as = (known: RequestContext, key?: ClientKey): Admitted => ({
      context: known,
      answer: (asked) => routedOf(asked, known, key),
    });
    const auth = usersNow();
    if (auth) {
      const known = await authenticated(auth, request, context, { studio: settings.studio ?? false });
      return as(known, known.caller && userKey(known.caller));
    }
    const verdict = await mayPass(request, new URL(request.url).pathname);
    if (verdict.kind === "unauthorized") throw new HttpError(401, UNAUTHORIZED);
    if (verdict.kind === "unavailable") throw new HttpError(503, KEYS_UNREADABLE);
    const { key } = verdict;
    return as(key?.name === undefined ? context : { ...context, keyName: key.name }, key);
  };
  const isOurs = pathMatcher(tables);
  const answer = withOwnRoutes({ engine: ports.engine, admit, isOurs, failed });
  return {
    async fetch(request, context = {}) {
      if (!policy) return answer(request, context);
      if (isPreflight(request)) return preflight(policy(), request);
      return withCors(policy(), request, await answer(request, context));
    },
  };
}
