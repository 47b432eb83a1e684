/** A JSON Schema as people read it: in the notation of TypeScript. */
import type { JsonObject } from "../../protocol/json.ts";
import { isJsonObject, type Json } from "../../protocol/json.ts";

/** `{ thread_id?: uuid | null, limit?: 1..1000 }`; named parts by their names. */
export function schemaText(schema: Json | undefined, indent = ""): string {
  if (!isJsonObject(schema)) return "any";
  const { $ref, const: only, enum: choices, anyOf, type } = schema;
  if (typeof $ref === "string") return $ref.slice($ref.lastIndexOf("/") + 1);
  if (only !== undefined) return JSON.stringify(only);
  if (Array.isArray(choices)) return choices.map((one) => JSON.stringify(one)).join(" | ");
  if (Array.isArray(anyOf)) return [...new Set(anyOf.map((one) => schemaText(one, indent)))].join(" | ");
  if (Array.isArray(type)) return type.map(String).join(" | ");
  if (type === "array") return listText(schema, indent);
  if (type === "object") return objectText(schema, indent);
  if (type === "integer" || type === "number") return `${type}${rangeText(schema)}`;
  if (typeof schema["format"] === "string") return schema["format"];
  return typeof type === "string" ? type : "any";
}

function listText({ items, prefixItems }: JsonObject, indent: string): string {
  if (Array.isArray(prefixItems)) return `[${prefixItems.map((one) => schemaText(one, indent)).join(", ")}]`;
  const item = schemaText(items, indent);
  return item.includes(" | ") ? `(${item})[]` : `${item}[]`;
}

function objectText({ properties, required, additionalProperties }: JsonObject, indent: string): string {
  if (!isJsonObject(properties)) return `{ [key]: ${schemaText(additionalProperties, indent)} }`;
  const inner = `${indent}  `;
  const fields = Object.entries(properties).map(([name, schema]) => {
    const mark = Array.isArray(required) && required.includes(name) ? "" : "?";
    return `${inner}${name}${mark}: ${schemaText(schema, inner)}`;
  });
  return fields.length === 0 ? "{}" : `{\n${fields.join("\n")}\n${indent}}`;
}

function rangeText({ minimum, maximum }: JsonObject): string {
  const ends = [minimum, maximum].map((end) => (typeof end === "number" ? String(end) : ""));
  return ends.some(Boolean) ? ` ${ends.join("..")}` : "";
}
