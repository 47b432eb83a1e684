/** Which items and namespaces a query means. */
import type { NamespaceMatch } from "../../core/store/store-port.ts";
import { isJsonObject, type Json } from "../../protocol/json.ts";

type Compare = (stored: unknown, wanted: unknown) => boolean;

const inOrder =
  (holds: (order: number) => boolean): Compare =>
  (stored, wanted) => {
    if (typeof stored === "number" && typeof wanted === "number") return holds(stored - wanted);
    if (typeof stored !== "string" || typeof wanted !== "string") return false;
    return holds(stored < wanted ? -1 : stored > wanted ? 1 : 0);
  };

const OPERATORS: Record<string, Compare> = {
  $eq: (stored, wanted) => isSame(stored, wanted),
  $ne: (stored, wanted) => !isSame(stored, wanted),
  $gt: inOrder((order) => order > 0),
  $gte: inOrder((order) => order >= 0),
  $lt: inOrder((order) => order < 0),
  $lte: inOrder((order) => order <= 0),
  $in: (stored, wanted) => Array.isArray(wanted) && wanted.some((one) => isSame(stored, one)),
  $nin: (stored, wanted) => !Array.isArray(wanted) || !wanted.some((one) => isSame(stored, one)),
};

/** Equality, or operators, on top-level keys; all must hold. An operator that does not exist holds for nothing. */
export function matchesFilter(value: Json, filter: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(filter).every(([key, wanted]) => {
    const stored = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    if (!isOperators(wanted)) return isSame(stored, wanted);
    return Object.entries(wanted).every(([name, operand]) => OPERATORS[name]?.(stored, operand) ?? false);
  });
}

const isOperators = (wanted: unknown): wanted is Record<string, unknown> =>
  typeof wanted === "object" &&
  wanted !== null &&
  Object.keys(wanted).length > 0 &&
  Object.keys(wanted).every((name) => name.startsWith("$"));

const isSame = (one: unknown, other: unknown): boolean =>
  one === other || (typeof one === "object" && JSON.stringify(one) === JSON.stringify(other));

export function matchesNamespace(namespace: readonly string[], { kind, path }: NamespaceMatch): boolean {
  if (path.length > namespace.length) return false;
  const start = kind === "prefix" ? 0 : namespace.length - path.length;
  return path.every((label, i) => label === "*" || label === namespace[start + i]);
}
