/**
 * Caps the responses that one client key may hold open at a time. A request beyond that is 429 and changes nothing. Off unless the owner
 * sets a cap.
 */
import { createHash } from "node:crypto";
import { getPath } from "hono/utils/url";
import type { ConcurrencyPermit, ConcurrencyPermits } from "../../core/concurrency/concurrency-permits.ts";
import { PERMIT_RETRY_S } from "../edge/timings.ts";
import { readBoolean } from "../request/read-query.ts";
import { errorResponse } from "./respond.ts";

export interface StreamCap {
  permits: ConcurrencyPermits;
  /** Open responses of one key at a time. */
  most: number;
}

/** Routes whose response stays open until a run ends; of `cancel` only with `wait`. */
const LONG_ANSWERS = /\/(?:stream|stream\/events|wait|join)$/;

/** By the path as the router decodes it: for it `%73tream` is `stream`. */
function isLongAnswer(request: Request): boolean {
  const path = getPath(request);
  return (
    LONG_ANSWERS.test(path) || (path.endsWith("/cancel") && readBoolean(new URL(request.url).searchParams, "wait"))
  );
}

/** @param known whether keys are checked. Otherwise a key may be made up, so all clients share one cap */
export async function capped(
  { permits, most }: StreamCap,
  request: Request,
  { known, answer }: { known: boolean; answer: () => Promise<Response> },
): Promise<Response> {
  if (!isLongAnswer(request)) return answer();
  const permit = await permits.take(known ? nameOf(request.headers.get("x-api-key") ?? "") : "all", most);
  if (!permit)
    return errorResponse(429, `This key has as many streams open as it may (${most}). Close one, or try again later.`, {
      "retry-after": String(PERMIT_RETRY_S),
    });
  try {
    const { status, headers, body } = await answer();
    if (body) return new Response(releasing(body, permit), { status, headers });
    await permit.release();
    return new Response(null, { status, headers });
  } catch (error) {
    await permit.release();
    throw error;
  }
}

/** A name for a key that does not reveal it. */
const nameOf = (key: string): string => createHash("sha256").update(key).digest("hex").slice(0, 32);

/** Releases the permit before it passes on the end: afterwards the process may be frozen. */
function releasing(body: ReadableStream<Uint8Array<ArrayBuffer>>, permit: ConcurrencyPermit) {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
          await permit.release();
          controller.close();
        } catch (error) {
          await permit.release();
          throw error;
        }
      },
      async cancel(reason) {
        await reader.cancel(reason);
        await permit.release();
      },
    },
    { highWaterMark: 0 },
  );
}
