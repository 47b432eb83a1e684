/** Messages of a graph's state as messages of a task, and its answer as an artifact. */
import type { Artifact, Message, Part } from "../../protocol/a2a.ts";
import { isJsonObject, type Json, type JsonObject } from "../../protocol/json.ts";
import { messageType } from "../stream/shown-state.ts";

export interface TaskIds {
  taskId: string;
  contextId: string;
}

/** Those that say something: what people and models said, and what tools gave. */
export function historyOf(messages: Json | undefined, ids: TaskIds): Message[] {
  const list = Array.isArray(messages) ? messages.filter(isJsonObject) : [];
  return list.flatMap((message, index): Message[] => {
    const said = saidOf(message);
    if (!said) return [];
    const { id } = message;
    return [{ kind: "message", ...said, messageId: typeof id === "string" ? id : `${ids.taskId}-${index}`, ...ids }];
  });
}

function saidOf(message: JsonObject): Pick<Message, "role" | "parts"> | undefined {
  // An input as callers write it has a role in place of a type.
  const type = messageType(message) ?? messageType({ type: message["role"] ?? "" });
  const text = textOf(message["content"]);
  if (type === "tool")
    return { role: "agent", parts: [{ kind: "data", data: { tool_results: [toolResult(message)] } }] };
  if (text === "" || (type !== "human" && type !== "ai")) return undefined;
  return { role: type === "human" ? "user" : "agent", parts: [{ kind: "text", text }] };
}

const toolResult = ({
  tool_call_id = null,
  content = "",
  name = null,
  status = "success",
}: JsonObject): JsonObject => ({
  toolCallId: tool_call_id,
  content,
  name,
  status,
});

/** What a content says in words. */
export function textOf(content: Json | undefined): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .map((block) => (typeof block === "string" ? block : isJsonObject(block) ? block["text"] : ""))
    .filter((text) => typeof text === "string")
    .join("");
}

/** A value that no message is made for: text as it is, anything else as data. */
export const partOf = (value: Json, metadata?: JsonObject): Part => ({
  ...(typeof value === "string"
    ? { kind: "text", text: value }
    : { kind: "data", data: isJsonObject(value) ? value : { value } }),
  ...(metadata && { metadata }),
});

/** The last words of the model; of a graph without messages its values. */
export function answerOf(values: Json): Part | undefined {
  if (!isJsonObject(values) || !Array.isArray(values["messages"])) return partOf(values);
  const words = values["messages"]
    .filter(isJsonObject)
    .filter((message) => messageType(message) === "ai")
    .map(({ content }) => textOf(content));
  const text = words.findLast((word) => word !== "");
  return text === undefined ? undefined : { kind: "text", text };
}

/** One for each run: pieces and the whole have the same id. */
export const artifactOf = (part: Part, run: { run_id: string; assistant_id: string }): Artifact => ({
  artifactId: run.run_id,
  name: "Assistant Response",
  description: `Response from assistant ${run.assistant_id}`,
  parts: [part],
});
