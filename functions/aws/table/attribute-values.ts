/**
 * Converts rows to DynamoDB's attribute values and back, for the kinds of values that our rows have. The SDK's own conversion compares
 * class names for each value and costs a tenth of a call.
 */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";

export type Attributes = Record<string, AttributeValue>;
export type Fields = Record<string, unknown>;

/** Fields that are undefined are left out. @throws TypeError for a value of a kind that no row has */
export function toAttributes(fields: Fields): Attributes {
  const attributes: Attributes = {};
  for (const name in fields) {
    const value = fields[name];
    if (value !== undefined) attributes[name] = toAttribute(value);
  }
  return attributes;
}

/** @throws TypeError as `toAttributes` */
export function toAttribute(value: unknown): AttributeValue {
  if (typeof value === "string") return { S: value };
  if (typeof value === "number" && Number.isFinite(value)) return { N: String(value) };
  if (typeof value === "boolean") return { BOOL: value };
  if (value === null) return { NULL: true };
  if (value instanceof Uint8Array) return { B: value };
  if (Array.isArray(value)) return { L: value.filter((one) => one !== undefined).map(toAttribute) };
  if (typeof value === "object") return { M: toAttributes({ ...value }) };
  throw new TypeError(`a ${typeof value} that no row has`);
}

export function fromAttributes(attributes: Attributes): Fields {
  const fields: Fields = {};
  for (const name in attributes) {
    const attribute = attributes[name];
    if (attribute) fields[name] = fromAttribute(attribute);
  }
  return fields;
}

/** @throws TypeError for sets, which no row has */
function fromAttribute(attribute: AttributeValue): unknown {
  if (attribute.S !== undefined) return attribute.S;
  if (attribute.N !== undefined) return Number(attribute.N);
  if (attribute.B !== undefined) return attribute.B;
  if (attribute.BOOL !== undefined) return attribute.BOOL;
  if (attribute.NULL !== undefined) return null;
  if (attribute.L !== undefined) return attribute.L.map(fromAttribute);
  if (attribute.M !== undefined) return fromAttributes(attribute.M);
  throw new TypeError(`rows have no attribute of the type ${Object.keys(attribute).join()}`);
}
