/**
 * A schema from channels, for states that are declared by types alone (`Annotation`): names, messages, and what is known of a default.
 * TypeScript's types are gone at run time.
 */
import type { Json, JsonObject } from "../../../protocol/json.ts";
import { initialOf } from "../graph/channel-default.ts";
import { type Builder, isObject, type LangGraph } from "../langgraph.ts";

/** `langgraph_type` is how LangGraph's own schemas mark it, for editors of messages. */
const MESSAGES: JsonObject = { type: "array", items: { type: "object" }, langgraph_type: "messages" };

export type Declaration = "_schemaDefinition" | "_inputDefinition" | "_outputDefinition";

/** undefined where nothing is declared. */
export function channelsSchema(
  builder: Builder | undefined,
  declaration: Declaration,
  lg: LangGraph,
): JsonObject | undefined {
  const declared = builder?.[declaration];
  const fields = builder?._schemaDefinitions?.get(declared) ?? declared;
  if (!isObject(fields)) return undefined;
  // Managed values (`isLastStep` …) are no channels.
  const isShown = (name: string): boolean => Object.hasOwn(builder?.channels ?? {}, name);
  const properties = Object.entries(fields)
    .filter(([name]) => isShown(name))
    .map(([name, field]): [string, Json] => [name, schemaOf(field, lg)]);
  return { type: "object", properties: Object.fromEntries(properties) };
}

function schemaOf(channel: unknown, lg: LangGraph): JsonObject {
  if (isObject(channel) && channel["operator"] === lg.messagesStateReducer) return MESSAGES;
  const initial = initialOf(channel);
  if (Array.isArray(initial)) return { type: "array" };
  const kind = typeof initial;
  const isKnown = initial !== null && ["string", "number", "boolean", "object"].includes(kind);
  return isKnown ? { type: kind } : {};
}
