/**
 * Short responses: a JSON document or nothing, with a content-length, so that hosts send them in one piece. Live bodies have none
 * (open-body.ts).
 */
import type { Json } from "../../protocol/json.ts";

const encoder = new TextEncoder();

/** A 2xx other than 202 and 204 must carry JSON, else the JavaScript SDK throws (Agent Server API). */
export const json = (value: Json | object, status = 200, headers: Record<string, string> = {}): Response =>
  whole(JSON.stringify(value), "application/json", { status, headers });

/** What only browsers and tools ask for, such as a page. */
export function whole(
  text: string,
  type: string,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Response {
  const body = encoder.encode(text);
  return new Response(body, {
    status,
    headers: { "content-type": type, "content-length": String(body.length), ...headers },
  });
}

export const errorResponse = (status: number, detail: string, headers: Record<string, string> = {}): Response =>
  json({ detail }, status, headers);

export const empty = (status: 202 | 204, headers: Record<string, string> = {}): Response =>
  new Response(null, { status, headers });
