/** What a channel begins with, as far as it was declared with a default. Must not know what it is asked for. */
import { isObject } from "../langgraph.ts";

export function initialOf(channel: unknown): unknown {
  const make = isObject(channel) ? channel["initialValueFactory"] : undefined;
  try {
    return typeof make === "function" ? (make as () => unknown)() : undefined;
  } catch {
    return undefined;
  }
}
