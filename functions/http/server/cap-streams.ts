/**
 * Caps the responses that one client key may hold open at a time. A request beyond that is 429 and changes nothing. Off unless the owner
 * sets a cap.
 */
import { getPath } from "hono/utils/url";
import type { ConcurrencyPermit, ConcurrencyPermits } from "../../core/concurrency/concurrency-permits.ts";
import type { ClientKey } from "../../protocol/client-key.ts";
import { PERMIT_RETRY_S } from "../edge/timings.ts";
import { readBoolean } from "../request/read-query.ts";
import { errorResponse } from "./respond.ts";

export interface StreamCap {
  permits: ConcurrencyPermits;
  /** Open responses of one key at a time, unless it has a cap of its own; undefined = any number. */
  most: number | undefined;
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

interface Answering {
  /** undefined = keys are not checked: one may be made up, so all clients share one cap. */
  key: ClientKey | undefined;
  answer: () => Promise<Response>;
}

export const capped = (cap: StreamCap, request: Request, answering: Answering): Promise<Response> =>
  isLongAnswer(request) ? holding(cap, answering) : answering.answer();

/** A response that holds a permit until it ends. */
export async function holding({ permits, most }: StreamCap, { key, answer }: Answering): Promise<Response> {
  const allowed = key?.streams ?? most;
  if (allowed === undefined) return answer();
  const permit = await permits.take(key ? holderOf(key) : "all", allowed);
  if (!permit)
    return errorResponse(429, `You have as many streams open as you may (${allowed}). Close one, or try again later.`, {
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

/** Keys of one name share a cap. Of one without a name this is a part of its hash, which does not reveal it. */
const holderOf = ({ name, sha256 }: ClientKey): string => (name === undefined ? sha256.slice(0, 32) : `name:${name}`);

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
