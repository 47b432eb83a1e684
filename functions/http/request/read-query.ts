/** Query parameters as the SDKs write them: booleans as words or digits, lists as repeated keys, JSON or commas. */
import { z } from "zod";
import { PAGE_LIMIT } from "../edge/timings.ts";
import { HttpError } from "../server/http-error.ts";
import type { Asked } from "../server/routes.ts";

export const queryOf = (asked: Asked): URLSearchParams => new URL(asked.req.url).searchParams;

const BOOLEANS = new Map([
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
]);

/** @throws HttpError 422 for anything but true, false, 1 and 0, in any case */
export function readBoolean(query: URLSearchParams, name: string): boolean {
  const text = query.get(name);
  if (text === null || text === "") return false;
  const value = BOOLEANS.get(text.toLowerCase());
  if (value === undefined) throw new HttpError(422, `${name}: must be true, false, 1 or 0`);
  return value;
}

/** A boolean in words, or a depth in digits: 0 is none. @throws HttpError 422 */
export function readDepth(query: URLSearchParams, name: string): boolean | number {
  const text = query.get(name) ?? "";
  return /^\d{1,3}$/.test(text) ? Number(text) : readBoolean(query, name);
}

/** A number if it is written as one; else the text, for the schema to refuse. */
export function readNumber(query: URLSearchParams, name: string): number | string | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** `limit` of a query: 0 is allowed, more than PAGE_LIMIT counts as PAGE_LIMIT (observed on the official server). */
export const PageLimit = z
  .int()
  .min(0)
  .transform((limit) => Math.min(limit, PAGE_LIMIT));

/** All values, each once: the SDKs repeat the key, older ones send a JSON list, people write commas. */
export function readList(query: URLSearchParams, name: string): string[] {
  return [...new Set(query.getAll(name).flatMap((text) => listOf(text, name)))];
}

function listOf(text: string, name: string): string[] {
  if (!text.startsWith("[")) return text.split(",").filter(Boolean);
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list)) return list.map(String);
  } catch {
    // Not JSON: reported below.
  }
  throw new HttpError(422, `${name}: must be a list of names`);
}
