/** What is shown of a state: the fields that are asked for, of the values also single keys. */
import { isJsonObject, type Json } from "../../protocol/json.ts";
import type { StateField, ThreadState } from "../../protocol/thread.ts";

const IN_VALUES = "values.";

/** @param select absent or empty = everything */
export function selectState(state: ThreadState, select: readonly StateField[] = []): Partial<ThreadState> {
  if (select.length === 0) return state;
  const keys = select.filter((field) => field.startsWith(IN_VALUES)).map((field) => field.slice(IN_VALUES.length));
  const shown = Object.entries(state).flatMap(([field, value]: [string, Json]) => {
    if (select.includes(field)) return [[field, value]];
    return field === "values" && keys.length > 0 ? [[field, only(value, keys)]] : [];
  });
  return Object.fromEntries(shown);
}

function only(values: Json, keys: readonly string[]): Json {
  const known = isJsonObject(values) ? values : {};
  return Object.fromEntries(keys.flatMap((key) => (Object.hasOwn(known, key) ? [[key, known[key] ?? null]] : [])));
}
