/**
 * The app behind a Lambda Function URL with RESPONSE_STREAM, or a REST API that streams: both take the same answer. Own code, because a
 * stream that fails must neither crash the process nor look like an end.
 */
import type { Writable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "../../core/ports.ts";
import { type HttpEvent, requestOf } from "./lambda-events.ts";
import type { App } from "./request-context.ts";
import { pump, put } from "./pump.ts";
import { PRELUDE_PAUSE } from "./timings.ts";

export interface Prelude {
  statusCode: number;
  headers: Record<string, string>;
  /** Not in `headers`: Lambda makes a header of each. */
  cookies: string[];
}

export type UrlHandler = (
  event: HttpEvent,
  stream: Writable,
  context: { getRemainingTimeInMillis(): number },
) => Promise<void>;

/** The global of Lambda's Node runtime. The AWS SDK defines an object of this name, too, so its parts are checked. */
export interface AwsLambda {
  streamifyResponse?(handler: UrlHandler): UrlHandler;
  HttpResponseStream?: { from(stream: Writable, prelude: Prelude): Writable };
}

export interface FunctionUrlOptions {
  logger: Logger;
  /** `abort`: a cut body breaks the connection, so that every SDK comes back; `clean` ends it, if it is a stream of events (design 6). */
  cut: "abort" | "clean";
  /** Appends a line that every client ignores to each chunk of an event stream, for URLs that hold back the last chunk. */
  pad?: boolean;
}

/** An unknown SSE field: comments as padding would shorten the JavaScript SDK's idle watchdog. */
const PAD_LINE = "_\n";

const isRuntime = (value: unknown): value is AwsLambda => typeof value === "object" && value !== null;

function runtime(): AwsLambda {
  const found: unknown = Reflect.get(globalThis, "awslambda");
  return isRuntime(found) ? found : {};
}

/** Marks a handler as streaming for the runtime. Elsewhere the handler itself, so that an entry can be imported anywhere. */
export const streamed = (handler: UrlHandler): UrlHandler => runtime().streamifyResponse?.(handler) ?? handler;

/** @returns the handler, to be marked by `streamed` where the runtime finds it */
export function serveFunctionUrl(app: App, { logger, cut, pad = false }: FunctionUrlOptions): UrlHandler {
  surviveAborts(logger);
  return async (event, raw, context) => {
    const response = await app.fetch(requestOf(event), { timeLeft: context.getRemainingTimeInMillis() });
    const stream = begin(raw, preludeOf(response));
    stream.on("error", (error) => logger.warn("response stream failed", { error: String(error) }));
    // Lambda sends the prelude only with the first write, also for an empty body.
    await put(stream, "");
    const pumped = response.body ? await send(response, response.body, stream, pad) : undefined;
    // A JSON answer without its end is invalid: a client must see that it was cut.
    const aborts = cut === "abort" || !hasEvents(response);
    if (pumped?.kind === "cut" && aborts) stream.destroy(new Error("cut: the client comes back with its cursor"));
    else if (!stream.destroyed) stream.end();
  };
}

function begin(raw: Writable, prelude: Prelude): Writable {
  const { HttpResponseStream } = runtime();
  if (!HttpResponseStream) throw new Error("a Function URL is served by Lambda's Node runtime only");
  return HttpResponseStream.from(raw, prelude);
}

async function send(response: Response, body: ReadableStream<Uint8Array>, stream: Writable, pad: boolean) {
  if (!response.headers.has("content-length")) await pause(PRELUDE_PAUSE);
  // Only in event streams: in JSON such a line would not be ignored.
  return pump(body, stream, pad && hasEvents(response) ? PAD_LINE : undefined);
}

const hasEvents = ({ headers }: Response): boolean =>
  headers.get("content-type")?.startsWith("text/event-stream") ?? false;

/** The stream's transfer encoding replaces the content length. */
function preludeOf(response: Response): Prelude {
  const headers: Record<string, string> = {};
  for (const [name, value] of response.headers)
    if (name !== "set-cookie" && name !== "content-length") headers[name] = value;
  return { statusCode: response.status, headers, cookies: response.headers.getSetCookie() };
}

let surviving = false;

/** Lambda's runtime client answers a destroyed stream with an unhandled rejection, which would end the process. */
function surviveAborts(logger: Logger): void {
  if (surviving) return;
  surviving = true;
  process.on("unhandledRejection", (reason) => logger.error("unhandled rejection", { error: String(reason) }));
}
