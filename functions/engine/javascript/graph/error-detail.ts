/**
 * From whatever a graph threw to the `{error, message}` that clients see (observed on the official server). Must not log: texts may contain
 * user data.
 */
import { shorten } from "../../../core/failure/shorten.ts";
import { ERROR_CHARACTERS } from "../../../core/json/size-limits.ts";
import type { ErrorDetail } from "../../../protocol/thread.ts";
import { type ErrorText, HIDDEN, SHOWN } from "../../graph/shown-errors.ts";
import { toJson } from "../events/to-json.ts";
import { isObject } from "../langgraph.ts";

/** Classes of JavaScript and of LangGraph for it, besides those of both languages. */
const SHOWN_HERE = new Set([...SHOWN, "RangeError", "SyntaxError", "GraphValueError"]);

/** What clients see. Name and text are hidden, since a name may contain anything, too. */
export function errorDetail(error: unknown, text: ErrorText): ErrorDetail {
  const described = describeError(error);
  return text === "show" || SHOWN_HERE.has(described.error) ? described : { error: "Error", message: HIDDEN };
}

/** Name and text of anything thrown; of objects that are no errors, their JSON. Cut to what rows and events hold. */
export function describeError(error: unknown): ErrorDetail {
  const { name, message } = partsOf(error);
  return { error: shorten(name, ERROR_CHARACTERS), message: shorten(message, ERROR_CHARACTERS) };
}

function partsOf(error: unknown): { name: string; message: string } {
  if (!isObject(error)) return { name: "Error", message: String(error) };
  const { name, message } = error;
  if (typeof message !== "string") return { name: typeof name === "string" ? name : "Error", message: jsonOf(error) };
  // A task's result contains a copy of the error.
  const thrown = name === "TypeError" ? thrownPrimitive(message) : undefined;
  if (thrown !== undefined) return { name: "Error", message: thrown };
  return { name: typeof name === "string" ? name : "Error", message };
}

/** LangGraph writes a task's id on what a node throws. If that is a primitive, only the engine's TypeError about it is left. */
function thrownPrimitive(complaint: string): string | undefined {
  const [, quoted, nothing] =
    /^Cannot create property 'pregelTaskId' on \w+ '(.*)'$/s.exec(complaint) ??
    /^()Cannot set properties of (undefined|null) \(setting 'pregelTaskId'\)$/.exec(complaint) ??
    [];
  return nothing ?? quoted;
}

function jsonOf(thrown: Record<string, unknown>): string {
  const { pregelTaskId: _id, ...own } = thrown;
  try {
    return toJson(Array.isArray(thrown) ? thrown : own, "What was thrown");
  } catch {
    return "an object that JSON cannot express";
  }
}
