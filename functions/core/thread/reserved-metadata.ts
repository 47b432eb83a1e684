/** Metadata keys that belong to the server are dropped from what callers set (observed on the official server). */
import type { JsonObject } from "../../protocol/json.ts";

const RESERVED = new Set(["assistant_id", "cron_id", "run_id", "thread_id"]);

/** Whose key it was, if keys have names: the name, never the key. */
export const madeWith = (key_name: string | undefined): JsonObject => (key_name === undefined ? {} : { key_name });

export const callersKeys = (metadata: JsonObject = {}): JsonObject =>
  Object.fromEntries(Object.entries(metadata).filter(([key]) => !RESERVED.has(key)));
