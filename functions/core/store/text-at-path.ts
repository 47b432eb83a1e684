/**
 * The texts of a document that are embedded, by paths as LangGraph's stores write them: `$` for the whole, `a.b`, `[0]`, `[-1]`, `[*]` or
 * `*` for all, `{a,b.c}` for several. Pure.
 */
import { isJsonObject, type Json } from "../../protocol/json.ts";

export function textsAt(value: Json, path: string): string[] {
  return path === "$" || path === "" ? [JSON.stringify(value)] : within(value, stepsOf(path));
}

/** `a.b[0].{c,d}` → `a`, `b`, `[0]`, `{c,d}`. */
const stepsOf = (path: string): string[] => path.match(/\[[^\]]*\]|\{[^}]*\}|[^.[\]{}]+/g) ?? [];

function within(value: Json | undefined, [step, ...rest]: readonly string[]): string[] {
  if (value === undefined || value === null) return [];
  if (step === undefined) return [typeof value === "object" ? JSON.stringify(value) : String(value)];
  if (step.startsWith("{")) {
    const paths = step.slice(1, -1).split(",");
    return paths.flatMap((path) => within(value, [...stepsOf(path.trim()), ...rest]));
  }
  const index = step.startsWith("[") ? step.slice(1, -1) : undefined;
  if (step === "*" || index === "*") return Object.values(value).flatMap((one) => within(one, rest));
  if (index !== undefined) return Array.isArray(value) ? within(value.at(Number(index)), rest) : [];
  return isJsonObject(value) && Object.hasOwn(value, step) ? within(value[step], rest) : [];
}
