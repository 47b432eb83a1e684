/** Reads JSON. The server's protocol has a library for that, which the page does not need. */
import type { Json, JsonObject } from "../functions/protocol/json.ts";

export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Text as it is, anything else as JSON. */
export const textOf = (value: Json | undefined): string =>
  typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);

/** @returns undefined for a text that is no JSON */
export function jsonIn(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
