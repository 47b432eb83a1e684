/**
 * Short responses: a JSON document or nothing, with a content-length, so that hosts send them in one piece. Live bodies have none
 * (open-body.ts).
 */
import type { Json } from "../../protocol/json.ts";

const encoder = new TextEncoder();

/** A 2xx other than 202 and 204 must carry JSON, else the JavaScript SDK throws (Agent Server API). */
export function json(value: Json | object, status = 200, headers: Record<string, string> = {}): Response {
  const body = encoder.encode(JSON.stringify(value));
  return new Response(body, {
    status,
    headers: { "content-type": "application/json", "content-length": String(body.length), ...headers },
  });
}

export const errorResponse = (status: number, detail: string, headers: Record<string, string> = {}): Response =>
  json({ detail }, status, headers);

export const empty = (status: 202 | 204, headers: Record<string, string> = {}): Response =>
  new Response(null, { status, headers });
