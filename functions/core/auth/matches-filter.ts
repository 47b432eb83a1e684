/** Filters as the handlers of custom auth return them (Agent Server API). Pure. */
import { isDeepStrictEqual } from "node:util";
import { isJsonObject, type Json, type JsonObject } from "../../protocol/json.ts";

/**
 * All keys must match: a plain value, `$eq` or `$contains` of an array (one element, or all of several); `$or` and `$and` take filters. A
 * key that is not there matches nothing.
 * @throws TypeError for an operator that is not known: nobody is let in by what is not understood
 */
export function matchesFilter(metadata: JsonObject, filter: JsonObject): boolean {
  return Object.entries(filter).every(([key, wanted]) => {
    if (key === "$or") return filtersIn(key, wanted).some((one) => matchesFilter(metadata, one));
    if (key === "$and") return filtersIn(key, wanted).every((one) => matchesFilter(metadata, one));
    if (key.startsWith("$")) throw unknownOperator(key);
    const actual = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
    return actual === undefined ? refusesUnknown(wanted) : matchesValue(actual, wanted);
  });
}

/** The value of a key that every match has, if the filter says one. */
export function exactValue(filter: JsonObject | null, key: string): Json | undefined {
  const wanted = filter && Object.hasOwn(filter, key) ? filter[key] : undefined;
  if (!isOperators(wanted)) return wanted;
  return Object.hasOwn(wanted, "$eq") ? wanted["$eq"] : undefined;
}

function matchesValue(actual: Json, wanted: Json): boolean {
  if (!isOperators(wanted)) return isDeepStrictEqual(actual, wanted);
  return Object.entries(wanted).every(([operator, operand]) => {
    if (operator === "$eq") return isDeepStrictEqual(actual, operand);
    if (operator !== "$contains") throw unknownOperator(operator);
    const items = Array.isArray(operand) ? operand : [operand];
    return Array.isArray(actual) && items.every((item) => actual.some((one) => isDeepStrictEqual(one, item)));
  });
}

function refusesUnknown(wanted: Json): false {
  for (const operator of isOperators(wanted) ? Object.keys(wanted) : [])
    if (operator !== "$eq" && operator !== "$contains") throw unknownOperator(operator);
  return false;
}

/** An object without operators is a value like others. */
const isOperators = (wanted: Json | undefined): wanted is JsonObject =>
  isJsonObject(wanted) && Object.keys(wanted).some((key) => key.startsWith("$"));

function filtersIn(operator: string, operand: Json): JsonObject[] {
  if (Array.isArray(operand) && operand.every(isJsonObject)) return operand;
  throw new TypeError(`${operator} in a filter of auth takes a list of filters`);
}

const unknownOperator = (operator: string): TypeError =>
  new TypeError(`${operator} is no operator of a filter of auth: $eq, $contains, $or and $and are`);
