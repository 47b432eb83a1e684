/**
 * From whatever a graph threw to `{error, message}` as clients see it (seen at the official server). Must not log: texts may hold content.
 */
import type { ErrorDetail } from "../protocol/thread.ts";
import { isObject } from "./langgraph.ts";

const HIDDEN = "An internal error occurred";

/** Classes whose text is about the call or the graph, not about the project's insides: shown also where details are hidden. */
const SHOWN = new Set([
  "TypeError",
  "RangeError",
  "SyntaxError",
  "GraphRecursionError",
  "GraphValueError",
  "EmptyInputError",
  "EmptyChannelError",
  "InvalidUpdateError",
  "NodeInterrupt",
  "UnserialisableError",
]);

export type ErrorText = "show" | "hide";

export function errorDetail(error: unknown, text: ErrorText): ErrorDetail {
  const name = isObject(error) && typeof error["name"] === "string" ? error["name"] : "Error";
  const message = isObject(error) && typeof error["message"] === "string" ? error["message"] : String(error);
  return { error: name, message: text === "show" || SHOWN.has(name) ? message : HIDDEN };
}
