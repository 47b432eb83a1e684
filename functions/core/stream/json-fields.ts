/** Reads JSON whose shape others decide: what is not there, or of another type, is empty. */
import { isJsonObject, type Json, type JsonObject } from "../../protocol/json.ts";

export const parsed = (text: string): Json => JSON.parse(text) as Json;

export const objectOf = (value: Json | undefined): JsonObject =>
  value !== undefined && isJsonObject(value) ? value : {};

export const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

/** Text, or a number as text. */
export const textOf = (value: Json | undefined): string =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
