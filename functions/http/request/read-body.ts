/** Reads request bodies: bounded, JSON by content-type, checked by a schema. */
import type { z } from "zod";
import { isTooDeep, NESTING } from "../../core/json/nesting.ts";
import { BODY_BYTES } from "../edge/timings.ts";
import { HttpError } from "../server/http-error.ts";
import { problemOf } from "./validation.ts";

const tooLarge = () => new HttpError(413, `Request body too large (limit: ${BODY_BYTES} bytes)`);

/** @throws HttpError 413 as soon as the limit is passed, or at once if the declared length passes it */
export async function readBytes(request: Request): Promise<Uint8Array> {
  if (Number(request.headers.get("content-length") ?? 0) > BODY_BYTES) throw tooLarge();
  if (!request.body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.length;
    if (size > BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

/** No type counts as JSON. A type that a form can send does not: a page may post it to any server without a CORS preflight. */
const isJson = (type: string | null): boolean => type === null || /^[^;]*[/+]json\s*(;|$)/i.test(type);

/** @throws HttpError 422 for bytes that are no UTF-8: replaced, they would be stored as something else */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new HttpError(422, "Invalid JSON in request body: it is not UTF-8");
  }
}

/** A number that may be beyond what a double holds. */
const HUGE = /[eE]\+?\d{3}|\d{309}/;

/** JSON would store infinity as null. */
function refuseInfinite(_key: string, value: unknown): unknown {
  if (value === Infinity || value === -Infinity) throw new HttpError(422, "body: a number is out of range");
  return value;
}

/** No body and `null` are an empty object: the Python SDK sends both. */
async function readJson(request: Request): Promise<unknown> {
  const bytes = await readBytes(request);
  const text = decode(bytes);
  if (text.trim() === "") return {};
  const type = request.headers.get("content-type");
  if (!isJson(type)) throw new HttpError(415, `Content-Type ${type}: send the body as application/json`);
  // A checkpoint of it could not be read again, so it is refused before there is a run.
  if (isTooDeep(bytes)) throw new HttpError(422, `body: nested too deeply, more than ${NESTING} levels`);
  try {
    return JSON.parse(text, HUGE.test(text) ? refuseInfinite : undefined) ?? {};
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new HttpError(422, "Invalid JSON in request body");
  }
}

/**
 * @returns the parsed value; unknown fields are ignored
 * @throws HttpError 413, 415, 422 with path and problem
 */
export async function readBody<T extends z.ZodType>(request: Request, schema: T): Promise<z.output<T>> {
  return check(schema, await readJson(request));
}

/** @throws HttpError 422 with path and problem */
export function check<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  try {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new HttpError(422, problemOf(parsed.error.issues));
  } catch (error) {
    if (error instanceof RangeError) throw new HttpError(422, "body: nested too deeply");
    throw error;
  }
}
