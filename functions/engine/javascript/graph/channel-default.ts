/** The value that a channel begins with, as far as one was declared. */
import { isObject } from "../langgraph.ts";

export function initialOf(channel: unknown): unknown {
  const make = isObject(channel) ? channel["initialValueFactory"] : undefined;
  try {
    return typeof make === "function" ? (make as () => unknown)() : undefined;
  } catch {
    return undefined;
  }
}
