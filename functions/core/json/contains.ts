/** Containment as JSONB defines it: the rule of every metadata filter. */
import type { Json } from "../../protocol/json.ts";

/** Every key of an object part and every element of an array part is found in the whole; scalars are equal. */
export function contains(whole: Json | undefined, part: Json): boolean {
  if (Array.isArray(part))
    return Array.isArray(whole) && part.every((item) => whole.some((other) => contains(other, item)));
  if (part !== null && typeof part === "object") {
    if (whole === null || typeof whole !== "object" || Array.isArray(whole)) return false;
    return Object.entries(part).every(([key, value]) => Object.hasOwn(whole, key) && contains(whole[key], value));
  }
  return whole === part;
}
