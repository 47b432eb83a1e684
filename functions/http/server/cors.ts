/**
 * CORS: which pages of other origins may call, and what they may send and see, by `http.cors` of the project and the deployment's setting.
 * Not used behind a Function URL that admits only signed requests. Must not refuse a request: browsers do.
 */
import type { CorsConfig } from "../../protocol/manifest.ts";
import { isLoopbackOrigin } from "../../protocol/origin.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
/** Without `location` a browser never reconnects (Agent Server API), and without its session it never cancels a tool (MCP). */
const EXPOSED = [
  "location",
  "content-location",
  "x-pagination-total",
  "x-pagination-next",
  "last-event-id",
  "mcp-session-id",
];
const MAX_AGE_S = 600;

export interface CorsPolicy {
  /** Every page may call, but none with cookies. */
  any: boolean;
  allows(origin: string): boolean;
  /** The origins that can be listed. */
  origins: readonly string[];
  methods: readonly string[];
  /** `asked`: whatever a page asks for. Tracing and tenancy headers are too many to list, and a header alone opens nothing. */
  headers: "asked" | readonly string[];
  credentials: boolean;
  exposed: readonly string[];
  /** s */
  maxAge: number;
}

/** Matches whole origins. @throws SyntaxError for an invalid regular expression */
export const originPattern = (source: string): RegExp => new RegExp(`^(?:${source})$`);

/**
 * @param named whose pages may call: origins, `*`, `loopback` for pages of this machine, `project` for those that the config names;
 * default: `project` if there is a config, else `*`
 */
export function corsPolicy(config: CorsConfig | undefined, named?: readonly string[]): CorsPolicy {
  const { allow_methods, allow_headers, allow_credentials, expose_headers, max_age } = config ?? {};
  const wanted = named ?? (config ? ["project"] : ["*"]);
  const ofProject = wanted.includes("project") ? config : undefined;
  const origins = [...wanted.filter((name) => name.includes("://")), ...(ofProject?.allow_origins ?? [])];
  const pattern = ofProject?.allow_origin_regex;
  const matching = pattern === undefined ? undefined : originPattern(pattern);
  const any = wanted.includes("*") || origins.includes("*");
  const loopback = wanted.includes("loopback");
  return {
    any,
    allows: (origin) =>
      any || origins.includes(origin) || matching?.test(origin) === true || (loopback && isLoopbackOrigin(origin)),
    origins,
    methods: allow_methods && !allow_methods.includes("*") ? allow_methods.map((name) => name.toUpperCase()) : METHODS,
    headers: allow_headers && !allow_headers.includes("*") ? allow_headers : "asked",
    credentials: allow_credentials === true && !any,
    exposed: [...new Set([...EXPOSED, ...(expose_headers ?? []).map((name) => name.toLowerCase())])],
    maxAge: max_age ?? MAX_AGE_S,
  };
}

export const isPreflight = (request: Request): boolean =>
  request.method === "OPTIONS" && request.headers.has("origin") && request.headers.has("access-control-request-method");

/** Answered before anything else: a preflight carries no key. A page on https may call a server on loopback if it asks for it. */
export function preflight(policy: CorsPolicy, request: Request): Response {
  const allowed = originHeaders(policy, request);
  if (!allowed.has("access-control-allow-origin")) return new Response(null, { status: 403, headers: allowed });
  allowed.append("vary", "access-control-request-headers");
  allowed.set("access-control-allow-methods", policy.methods.join(", "));
  const asked = request.headers.get("access-control-request-headers");
  const headers = policy.headers === "asked" ? asked : policy.headers.join(", ");
  if (headers) allowed.set("access-control-allow-headers", headers);
  allowed.set("access-control-max-age", String(policy.maxAge));
  if (request.headers.get("access-control-request-private-network") === "true")
    allowed.set("access-control-allow-private-network", "true");
  return new Response(null, { status: 204, headers: allowed });
}

/** On every response, errors too. A route of the project's own that has answered for itself is left as it is: twice is refused. */
export function withCors(policy: CorsPolicy, request: Request, answered: Response): Response {
  if (answered.headers.has("access-control-allow-origin")) return answered;
  const response = changeable(answered);
  for (const [name, value] of originHeaders(policy, request)) response.headers.append(name, value);
  response.headers.set("access-control-expose-headers", policy.exposed.join(", "));
  return response;
}

/** Responses of `fetch` and redirects do not let their headers be changed. */
const changeable = ({ body, status, statusText, headers }: Response): Response =>
  new Response(body, { status, statusText, headers });

/** An origin that is not allowed gets no header; the browser then refuses. */
function originHeaders(policy: CorsPolicy, request: Request): Headers {
  if (policy.any) return new Headers({ "access-control-allow-origin": "*" });
  const headers = new Headers({ vary: "origin" });
  const origin = request.headers.get("origin");
  if (origin === null || !policy.allows(origin)) return headers;
  headers.set("access-control-allow-origin", origin);
  if (policy.credentials) headers.set("access-control-allow-credentials", "true");
  return headers;
}
