/** The fields of a form, made of the schema of a graph's input. What a form has no field for is a field of JSON. */
import type { Json, JsonObject } from "../../functions/protocol/json.ts";
import { isJsonObject, jsonIn } from "../json.ts";

export interface Field {
  name: string;
  kind: "text" | "number" | "boolean" | "choice" | "message" | "json";
  required: boolean;
  choices: Json[];
  hint: string;
  /** What stands in it at first. */
  initial: string;
}

/** @returns undefined for an input that is no object: it is written as JSON */
export function fieldsOf(schema: JsonObject | null): Field[] | undefined {
  const properties = schema?.["properties"];
  if (!isJsonObject(properties)) return undefined;
  const required = schema?.["required"];
  return Object.entries(properties).map(([name, found]) => {
    const property = simple(isJsonObject(found) ? found : {});
    const { enum: choices, description, default: initial } = property;
    return {
      name,
      kind: kindOf(name, property),
      required: Array.isArray(required) && required.includes(name),
      choices: Array.isArray(choices) ? choices : [],
      hint: typeof description === "string" ? description : "",
      initial: initial === undefined ? "" : typeof initial === "string" ? initial : JSON.stringify(initial),
    };
  });
}

/** Of a field that may be null, what it is otherwise. */
function simple(property: JsonObject): JsonObject {
  const { anyOf, type } = property;
  if (Array.isArray(type)) return { ...property, type: type.find((one) => one !== "null") ?? "null" };
  if (!Array.isArray(anyOf)) return property;
  const kinds = anyOf.filter((one) => isJsonObject(one) && one["type"] !== "null");
  const [only] = kinds;
  return kinds.length === 1 && isJsonObject(only) ? { ...property, ...only } : property;
}

function kindOf(name: string, { type, enum: choices }: JsonObject): Field["kind"] {
  if (Array.isArray(choices)) return "choice";
  if (name === "messages") return "message";
  if (type === "string") return "text";
  if (type === "number" || type === "integer") return "number";
  return type === "boolean" ? "boolean" : "json";
}

/**
 * @param given the text of each field; an empty one is left out of the input
 * @throws Error that names the field whose text is no JSON
 */
export function inputOf(fields: readonly Field[], given: ReadonlyMap<string, string>): JsonObject {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const text = given.get(field.name) ?? field.initial;
      return text === "" ? [] : [[field.name, valueOf(field, text)]];
    }),
  );
}

function valueOf({ name, kind }: Field, text: string): Json {
  if (kind === "text") return text;
  if (kind === "message" && !/^\s*\[/.test(text)) return [{ role: "user", content: text }];
  const value = jsonIn(text);
  if (value !== undefined) return value;
  // A channel without a type takes anything: text is meant as text, unless it begins as JSON does.
  if (kind === "json" && !/^\s*[[{"]/.test(text)) return text;
  throw new Error(`${name}: this is no JSON.`);
}
