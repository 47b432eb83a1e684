/**
 * What Lambda is handed for a request, as a Request: payload 2.0 of a Function URL, and proxy 1.0 of an API Gateway REST API. The answer
 * has one form for both.
 */

/** The part of payload 2.0 that is read here. */
export interface UrlEvent {
  rawPath: string;
  rawQueryString?: string;
  headers?: Record<string, string | undefined>;
  cookies?: string[];
  body?: string;
  isBase64Encoded?: boolean;
  requestContext: { domainName?: string; http: { method: string } };
}

/** The part of proxy 1.0 that is read here. What has no value is null. */
export interface ProxyEvent {
  httpMethod: string;
  /** Without the stage; still percent-encoded. */
  path: string;
  /** Decoded. */
  multiValueQueryStringParameters?: Record<string, string[] | undefined> | null;
  multiValueHeaders?: Record<string, string[] | undefined> | null;
  body?: string | null;
  isBase64Encoded?: boolean;
  requestContext: { domainName?: string | undefined };
}

export type HttpEvent = UrlEvent | ProxyEvent;

interface Parts {
  method: string;
  host: string | undefined;
  path: string;
  /** Without `?`. */
  query: string;
  headers: Headers;
  body: string | null | undefined;
}

export function requestOf(event: HttpEvent): Request {
  const {
    method,
    host = "localhost",
    path,
    query,
    headers,
    body,
  } = "httpMethod" in event ? ofProxy(event) : ofUrl(event);
  const escaped = path.replaceAll("?", "%3F").replaceAll("#", "%23");
  const target = `https://${host}${escaped}${query ? `?${query}` : ""}`;
  if (body === undefined || body === null || method === "GET" || method === "HEAD")
    return new Request(target, { method, headers });
  return new Request(target, { method, headers, body: event.isBase64Encoded ? Buffer.from(body, "base64") : body });
}

function ofUrl({
  rawPath: path,
  rawQueryString: query = "",
  headers: given,
  cookies,
  body,
  requestContext,
}: UrlEvent): Parts {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given ?? {})) if (value !== undefined) headers.set(name, value);
  if (cookies?.length) headers.set("cookie", cookies.join("; "));
  return { method: requestContext.http.method, host: requestContext.domainName, path, query, headers, body };
}

function ofProxy({
  httpMethod: method,
  path,
  multiValueQueryStringParameters,
  multiValueHeaders,
  body,
  requestContext,
}: ProxyEvent): Parts {
  const query = new URLSearchParams();
  for (const [name, values = []] of Object.entries(multiValueQueryStringParameters ?? {}))
    for (const value of values) query.append(name, value);
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(multiValueHeaders ?? {}))
    for (const value of values) headers.append(name, value);
  return { method, host: requestContext.domainName, path, query: query.toString(), headers, body };
}
