/** Limits of what is kept on rows. Pure: must not shorten anything. */
import type { JsonObject } from "../protocol/json.ts";
import { METADATA_BYTES } from "./timings.ts";

/** What is wrong with the first object over the limit, undefined if none is (design 3: rows stay small). */
export function tooLarge(objects: Record<string, JsonObject | undefined>): string | undefined {
  for (const [name, value] of Object.entries(objects)) {
    const bytes = value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
    if (bytes > METADATA_BYTES) return `${name}: ${bytes} bytes of JSON, at most ${METADATA_BYTES} are allowed`;
  }
  return undefined;
}
