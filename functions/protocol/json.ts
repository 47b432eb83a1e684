/** JSON as it crosses the wire. */
import { z } from "zod";

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** JSON.parse returns only JSON, so large inputs are not walked again. */
export const AnyJson = z.custom<Json>((value) => value !== undefined);

/** The object itself: the copy that zod makes of a record lacks a key named `__proto__`. */
export const JsonObject: z.ZodType<JsonObject> = z
  .custom<JsonObject>((value) => isJsonObject(value as Json | undefined), {
    error: ({ input }) => `Invalid input: expected object, received ${Array.isArray(input) ? "array" : typeof input}`,
  })
  .meta({ type: "object", additionalProperties: {} });

export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `null` for an optional field means absent: both SDKs send explicit nulls. */
export const absentable = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

/** Text that is stored as it is, not within JSON: well-formed, since a lone surrogate has no UTF-8. */
export const StoredText = z.string().refine((text) => text.isWellFormed(), { error: "must be well-formed text" });

/** Text that becomes part of a key, of bounded length. */
export const KeyText = StoredText.max(2_048);

/** Any UUID; callers may write it in capitals, rows keep it in lower case. */
export const Uuid = z.guid({ error: "must be a UUID" }).transform((value) => value.toLowerCase());
