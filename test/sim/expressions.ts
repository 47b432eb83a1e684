/**
 * The expressions of DynamoDB requests, evaluated in memory: conditions, filters, updates. What it does not know it refuses, so that a new
 * expression in an adapter is never taken for true. Must not know keys or tables.
 */
import { isDeepStrictEqual } from "node:util";
import { AttributeValues, type Item, type Names, parse, type Tokens } from "./expression-tokens.ts";

export interface Given {
  names: Names | undefined;
  values: Item | undefined;
}

type Value = (item: Item | undefined, values: AttributeValues) => unknown;
type Test = (item: Item | undefined, values: AttributeValues) => boolean;
type Change = (item: Item, before: Item | undefined, values: AttributeValues) => void;

const tests = new Map<string, Test>();
const changes = new Map<string, Change[]>();

/** Whether the item fulfils the condition; no expression = yes. */
export function fulfils(item: Item | undefined, expression: string | undefined, given: Given): boolean {
  if (expression === undefined) return true;
  const test = cached(tests, expression, (tokens) => readOr(tokens));
  return test(item, new AttributeValues(given));
}

/** The item after the update; `before` is left as it is. */
export function updated(before: Item | undefined, key: Item, expression: string, given: Given): Item {
  const after: Item = { ...before, ...key };
  const values = new AttributeValues(given);
  for (const change of cached(changes, expression, readUpdate)) change(after, before, values);
  return after;
}

function cached<T>(cache: Map<string, T>, expression: string, read: (tokens: Tokens) => T): T {
  const known = cache.get(expression);
  if (known !== undefined) return known;
  const fresh = parse(expression, read);
  cache.set(expression, fresh);
  return fresh;
}

// ---- conditions ----

function readOr(tokens: Tokens): Test {
  const first = readAnd(tokens);
  if (!tokens.skip("OR")) return first;
  const rest = readOr(tokens);
  return (item, values) => first(item, values) || rest(item, values);
}

function readAnd(tokens: Tokens): Test {
  const first = readNot(tokens);
  if (!tokens.skip("AND")) return first;
  const rest = readAnd(tokens);
  return (item, values) => first(item, values) && rest(item, values);
}

function readNot(tokens: Tokens): Test {
  if (!tokens.skip("NOT")) return readTest(tokens);
  const test = readNot(tokens);
  return (item, values) => !test(item, values);
}

function readTest(tokens: Tokens): Test {
  if (tokens.skip("(")) {
    const test = readOr(tokens);
    tokens.expect(")");
    return test;
  }
  if (tokens.peek(1) === "(" && tokens.peek() !== "size") return readFunction(tokens);
  return readComparison(tokens);
}

function readFunction(tokens: Tokens): Test {
  const name = tokens.take();
  tokens.expect("(");
  const path = tokens.take();
  const argument = tokens.skip(",") ? readValue(tokens) : undefined;
  tokens.expect(")");
  const at: Value = (item, values) => item?.[values.name(path)];
  switch (name) {
    case "attribute_exists":
      return (item, values) => at(item, values) !== undefined;
    case "attribute_not_exists":
      return (item, values) => at(item, values) === undefined;
    case "begins_with":
      return (item, values) => {
        const whole = at(item, values);
        return typeof whole === "string" && whole.startsWith(String(argument?.(item, values)));
      };
    case "contains":
      return (item, values) => {
        const whole = at(item, values);
        const part = argument?.(item, values);
        return typeof whole === "string" ? whole.includes(String(part)) : Array.isArray(whole) && whole.includes(part);
      };
    default:
      throw tokens.unknown(name);
  }
}

function readComparison(tokens: Tokens): Test {
  const left = readValue(tokens);
  const operator = tokens.take();
  if (operator === "IN") {
    tokens.expect("(");
    const among: Value[] = [];
    do among.push(readValue(tokens));
    while (tokens.skip(","));
    tokens.expect(")");
    return (item, values) => among.some((one) => isDeepStrictEqual(left(item, values), one(item, values)));
  }
  if (operator === "BETWEEN") {
    const low = readValue(tokens);
    tokens.expect("AND");
    const high = readValue(tokens);
    return (item, values) => {
      const value = left(item, values);
      return isInOrder(low(item, values), value) && isInOrder(value, high(item, values));
    };
  }
  const right = readValue(tokens);
  const compare = COMPARISONS[operator];
  if (!compare) throw tokens.unknown(operator);
  return (item, values) => compare(left(item, values), right(item, values));
}

/** A missing attribute and values of two types are in no order: every comparison but `<>` is false. */
const isInOrder = (one: unknown, other: unknown): boolean =>
  (typeof one === "number" && typeof other === "number" && one <= other) ||
  (typeof one === "string" && typeof other === "string" && one <= other);

const COMPARISONS: Record<string, (one: unknown, other: unknown) => boolean> = {
  "=": (one, other) => one !== undefined && isDeepStrictEqual(one, other),
  "<>": (one, other) => !isDeepStrictEqual(one, other),
  "<=": isInOrder,
  ">=": (one, other) => isInOrder(other, one),
  "<": (one, other) => isInOrder(one, other) && one !== other,
  ">": (one, other) => isInOrder(other, one) && one !== other,
};

function readValue(tokens: Tokens): Value {
  const token = tokens.take();
  if (token === "if_not_exists" || token === "size") {
    tokens.expect("(");
    const path = tokens.take();
    const otherwise = tokens.skip(",") ? readValue(tokens) : undefined;
    tokens.expect(")");
    return (item, values) => {
      const found = item?.[values.name(path)];
      if (token === "if_not_exists") return found ?? otherwise?.(item, values);
      return typeof found === "string" || Array.isArray(found) ? found.length : undefined;
    };
  }
  if (token.startsWith(":")) return (_item, values) => values.value(token);
  return (item, values) => item?.[values.name(token)];
}

// ---- updates ----

function readUpdate(tokens: Tokens): Change[] {
  const all: Change[] = [];
  while (!tokens.over) {
    const clause = tokens.take();
    do all.push(readChange(tokens, clause));
    while (tokens.skip(","));
  }
  return all;
}

function readChange(tokens: Tokens, clause: string): Change {
  const path = tokens.take();
  if (clause === "REMOVE")
    return (item, _before, values) => {
      delete item[values.name(path)];
    };
  if (clause !== "SET" && clause !== "ADD") throw tokens.unknown(clause);
  if (clause === "SET") tokens.expect("=");
  const first = readValue(tokens);
  const sign = clause === "SET" && (tokens.peek() === "+" || tokens.peek() === "-") ? tokens.take() : undefined;
  const second = sign === undefined ? undefined : readValue(tokens);
  return (item, before, values) => {
    const name = values.name(path);
    const value = first(before, values);
    if (clause === "ADD") item[name] = Number(before?.[name] ?? 0) + Number(value);
    else if (second) item[name] = Number(value) + (sign === "-" ? -1 : 1) * Number(second(before, values));
    else item[name] = value;
  };
}
