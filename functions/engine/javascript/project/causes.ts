/** The whole chain of causes of an error, for the project's developers. Must not be used for what a run's client sees. */
import { describeError } from "../graph/error-detail.ts";
import { isObject } from "../langgraph.ts";

/** Causes may be circular, and one of many attempts is enough. */
const DEPTH = 10;
const ATTEMPTS = 5;

/** The error and its causes, outermost first; the attempts of an AggregateError before its own cause. Never throws. */
export function causesOf(error: unknown, depth = DEPTH): unknown[] {
  if (!isObject(error) || depth === 0) return [error];
  const { errors, cause } = error;
  const inner = [...(Array.isArray(errors) ? errors.slice(0, ATTEMPTS) : []), ...(cause === undefined ? [] : [cause])];
  return [error, ...inner.flatMap((one) => causesOf(one, depth - 1))].slice(0, DEPTH);
}

/** Their texts with codes, each once: a wrapper often repeats its cause. */
export function describeCauses(causes: readonly unknown[]): string {
  const texts: string[] = [];
  for (const cause of causes) {
    const text = textOf(cause);
    if (!texts.some((before) => before.includes(text))) texts.push(text);
  }
  return texts.join(": ");
}

function textOf(cause: unknown): string {
  const { error, message } = describeError(cause);
  const text = message.trim() || error;
  const code = isObject(cause) && typeof cause["code"] === "string" ? cause["code"] : "";
  return code === "" || text.includes(code) ? text : `${text} (${code})`;
}
