/**
 * The checked reader of rows: what the table holds has the fields that our types say, or the read is `Impossible`. Hand-written, because
 * every read pays for it (decision 23).
 */
import { Impossible } from "../../core/failure/failure.ts";
import type { JsonObject } from "../../protocol/json.ts";
import type { Key } from "./keys.ts";

/** Whether a value fits. Nested values are checked one level deep. */
export type Check = (value: unknown) => boolean;

export const isText = (value: unknown): value is string => typeof value === "string";
export const isNumber = (value: unknown): value is number => typeof value === "number";
export const isFlag: Check = (value) => typeof value === "boolean";
export const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;
/** Of parsed JSON. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
export const isOneOf = (...values: readonly unknown[]): Check => {
  const known = new Set(values);
  return (value) => known.has(value);
};
export const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

/** A check for each field of a row. */
export type FieldChecks<Row> = { readonly [Field in keyof Required<Row>]: Check };

/** The names with their checks, in a form that is quick to walk through. */
export type Checks = readonly (readonly [name: string, fits: Check])[];

export const checksOf = <Row>(fields: FieldChecks<Row>): Checks => Object.entries<Check>(fields);

/** @throws Impossible with the item's key and the field, never with its content */
export function assertFits(row: Readonly<Record<string, unknown>>, checks: Checks, item: Partial<Key>): void {
  for (const [name, fits] of checks) if (!fits(row[name])) throw misfit(item, name);
}

type SomeItem = Partial<Key> & Readonly<Record<string, unknown>>;

/** A field that is read alone. @throws Impossible as `assertFits` */
export function fieldOf<T>(item: SomeItem, name: string, fits: (value: unknown) => value is T): T {
  const value = item[name];
  if (!fits(value)) throw misfit(item, name);
  return value;
}

/** A field of bytes in an encoding of ours. @throws Impossible as `assertFits`, also where `decode` throws */
export function decodeField<T>(item: SomeItem, name: string, decode: (bytes: Uint8Array) => T): T {
  const bytes = fieldOf(item, name, isBytes);
  try {
    return decode(bytes);
  } catch {
    throw misfit(item, name);
  }
}

/** A field of JSON text. @throws Impossible as `assertFits`, also for text that is no JSON */
export function parseField<T>(item: SomeItem, name: string, fits: (value: unknown) => value is T): T {
  const value = parseText(item, name, fieldOf(item, name, isText));
  if (!fits(value)) throw misfit(item, name);
  return value;
}

/** @throws Impossible if the text of this field is no JSON */
export function parseText(item: Partial<Key>, field: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw misfit(item, field);
  }
}

export const misfit = ({ pk, sk }: Partial<Key>, field: string): Impossible =>
  new Impossible(`the item ${pk} ${sk} has a field that does not fit: ${field}`);
