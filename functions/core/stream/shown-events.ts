/** Payloads of stream modes in the form that they have in a thread's stream (Agent Server API). */
import { isJsonObject, type Json, type JsonObject } from "../../protocol/json.ts";
import { objectOf, textOf } from "./json-fields.ts";

/** Of mode `checkpoints`, with values and tasks: only what names it. */
export function checkpointOf(payload: Json): JsonObject {
  const { config, parent_config, metadata } = objectOf(payload);
  const idOf = (of: Json | undefined): Json => objectOf(objectOf(of)["configurable"])["checkpoint_id"] ?? null;
  const { step = null, source = null } = objectOf(metadata);
  const parent_id = idOf(parent_config);
  return { id: idOf(config), ...(parent_id !== null && { parent_id }), step, source };
}

/** What a node wrote has a channel of its own if it has a name. */
export function customOf(payload: Json): { data: () => string; name?: string } {
  if (!isJsonObject(payload) || !("name" in payload)) return { data: () => JSON.stringify({ payload }) };
  const { name } = payload;
  return { data: () => JSON.stringify(payload), ...(typeof name === "string" && { name }) };
}

/** What a model says of itself at a message's end has another name in LangGraph for Python. The SDK of each language reads its own. */
export function withMetadata(event: JsonObject): JsonObject {
  const { metadata, responseMetadata } = event;
  if (event["event"] !== "message-finish" || (metadata === undefined && responseMetadata === undefined)) return event;
  return {
    ...event,
    metadata: metadata ?? responseMetadata ?? {},
    responseMetadata: responseMetadata ?? metadata ?? {},
  };
}

/** Of a task. In other streams its class is called `error`. */
export function failureOf(error: Json): Json {
  if (!isJsonObject(error)) return { message: textOf(error), name: "Error" };
  return { message: textOf(error["message"]), name: textOf(error["error"]) || "Error" };
}

/** LangGraph for Python says it as the protocol does. */
export function toolOf(payload: Json): JsonObject {
  const { event, toolCallId, name, input, data, output, error } = objectOf(payload);
  if (textOf(event).startsWith("tool-")) return objectOf(payload);
  const tool_call_id = textOf(toolCallId);
  switch (textOf(event)) {
    case "on_tool_start":
      return { event: "tool-started", tool_call_id, tool_name: textOf(name) || "unknown", input: input ?? null };
    case "on_tool_event":
      return { event: "tool-output-delta", tool_call_id, delta: jsonText(data) };
    case "on_tool_end":
      return { event: "tool-finished", tool_call_id, output: output ?? null };
    default: {
      const { message } = objectOf(error);
      return { event: "tool-error", tool_call_id, message: textOf(message) || jsonText(error) };
    }
  }
}

const jsonText = (value: Json | undefined): string => (typeof value === "string" ? value : JSON.stringify(value ?? ""));
