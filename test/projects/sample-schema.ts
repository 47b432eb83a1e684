/** A value that a JSON schema allows: what a model would fill into a tool call. The same for the same schema. */
import { isObject } from "../../functions/engine/javascript/langgraph.ts";

export function sampleOf(schema: unknown, root: unknown = schema): unknown {
  if (!isObject(schema)) return "something";
  if (typeof schema["$ref"] === "string") return sampleOf(pointedAt(schema["$ref"], root), root);
  if ("const" in schema) return schema["const"];
  if (Array.isArray(schema["enum"])) return schema["enum"][0];
  if ("default" in schema) return schema["default"];
  const choices = schema["anyOf"] ?? schema["oneOf"] ?? schema["allOf"];
  if (Array.isArray(choices)) return sampleOf(choices[0], root);
  const type = Array.isArray(schema["type"]) ? (schema["type"] as unknown[])[0] : schema["type"];
  if (type === "array") return [sampleOf(schema["items"], root)];
  if (type === "number" || type === "integer") return typeof schema["minimum"] === "number" ? schema["minimum"] : 1;
  if (type === "boolean") return true;
  if (type === "null") return null;
  const properties = schema["properties"];
  if (type !== "object" && !isObject(properties)) return "something";
  const entries = Object.entries(isObject(properties) ? properties : {});
  return Object.fromEntries(entries.map(([name, property]) => [name, sampleOf(property, root)]));
}

function pointedAt(pointer: string, root: unknown): unknown {
  const steps = pointer.replace(/^#\/?/, "").split("/").filter(Boolean);
  return steps.reduce<unknown>((at, step) => (isObject(at) ? at[step] : undefined), root);
}
