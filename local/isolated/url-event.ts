/** Makes the event of a Function URL (payload format 2.0) from a request. */
import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { systemClock } from "../../functions/host/clock-and-ids.ts";

type UrlEvent = Omit<APIGatewayProxyEventV2, "requestContext"> & {
  requestContext: Omit<APIGatewayProxyEventV2["requestContext"], "authentication" | "authorizer">;
};

const TEXT = /^(text\/|application\/(json|javascript|xml|x-www-form-urlencoded))/i;
const ROUTE = "$default";

export function toEvent(
  request: Pick<IncomingMessage, "method" | "url" | "headers" | "socket">,
  body: Buffer,
): UrlEvent {
  const target = request.url ?? "/";
  const cut = target.indexOf("?");
  const path = cut < 0 ? target : target.slice(0, cut);
  const query = cut < 0 ? "" : target.slice(cut + 1);
  const { cookie, ...headers } = joined(request.headers);
  const sourceIp = request.socket.remoteAddress ?? "";
  const isText = TEXT.test(headers["content-type"] ?? "");
  const now = new Date(systemClock.now());
  return {
    version: "2.0",
    routeKey: ROUTE,
    rawPath: path,
    rawQueryString: query,
    ...(cookie === undefined ? {} : { cookies: cookie.split("; ") }),
    headers: { ...headers, "x-forwarded-proto": "https", "x-forwarded-port": "443", "x-forwarded-for": sourceIp },
    ...(query === "" ? {} : { queryStringParameters: parametersOf(query) }),
    requestContext: {
      accountId: "anonymous",
      apiId: "local",
      domainName: headers["host"] ?? "localhost",
      domainPrefix: "local",
      http: {
        method: request.method ?? "GET",
        path,
        protocol: "HTTP/1.1",
        sourceIp,
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey: ROUTE,
      stage: ROUTE,
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    ...(body.length === 0 ? {} : { body: body.toString(isText ? "utf8" : "base64") }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** One value a name, the values of repeated headers joined by commas. */
function joined(headers: IncomingHttpHeaders): Record<string, string> {
  const one: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) one[name] = Array.isArray(value) ? value.join(",") : value;
  return one;
}

function parametersOf(query: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query))
    parameters[name] = Object.hasOwn(parameters, name) ? `${parameters[name]},${value}` : value;
  return parameters;
}
