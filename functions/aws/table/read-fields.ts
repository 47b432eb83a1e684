/**
 * The checked reader of rows: what the table holds has the fields that our types say, or the read is `Impossible`. Made by hand, for every
 * read pays for it (docs/decisions.md 23).
 */
import { Impossible } from "../../core/failure/failure.ts";
import type { Key } from "./keys.ts";

/** Whether a value fits. Nested values are checked one level deep. */
export type Check = (value: unknown) => boolean;

export const isText: Check = (value) => typeof value === "string";
export const isNumber: Check = (value) => typeof value === "number";
export const isFlag: Check = (value) => typeof value === "boolean";
export const isBytes: Check = (value) => value instanceof Uint8Array;
export const isObject: Check = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
export const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
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
export type Fields<Row> = { readonly [Field in keyof Required<Row>]: Check };

/** The names with their checks, in a form that is quick to walk through. */
export type Checks = readonly (readonly [name: string, fits: Check])[];

export const checksOf = <Row>(fields: Fields<Row>): Checks => Object.entries<Check>(fields);

/** @throws Impossible with the item's key and the field, never with its content */
export function assertFits(row: Readonly<Record<string, unknown>>, checks: Checks, item: Partial<Key>): void {
  for (const [name, fits] of checks) if (!fits(row[name])) throw misfit(item, name);
}

export const misfit = ({ pk, sk }: Partial<Key>, field: string): Impossible =>
  new Impossible(`the item ${pk} ${sk} has a field that does not fit: ${field}`);
