/** State as the thread's stream shows it: messages reduced to what they say, and no interrupts (Agent Server API). */
import { isJsonObject, type Json, type JsonObject } from "../../protocol/json.ts";

/** Of messages, by the names that LangChain has for it. */
const TYPES: Record<string, string> = {
  human: "human",
  user: "human",
  HumanMessageChunk: "human",
  ai: "ai",
  assistant: "ai",
  AIMessageChunk: "ai",
  tool: "tool",
  ToolMessageChunk: "tool",
  system: "system",
  SystemMessageChunk: "system",
  function: "function",
  remove: "remove",
};

export function shownState(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => (isMessage(item) ? shownMessage(item) : shownState(item)));
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => key !== "__interrupt__");
  return Object.fromEntries(kept.map(([key, item]) => [key, shownState(item)]));
}

export const messageType = (value: JsonObject): string | undefined => {
  const { type } = value;
  return typeof type === "string" && Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
};

const isMessage = (value: Json): value is JsonObject =>
  isJsonObject(value) && messageType(value) !== undefined && ("content" in value || value["type"] === "remove");

function shownMessage(message: JsonObject): JsonObject {
  const type = messageType(message) ?? "";
  const { id, name, response_metadata, example, tool_call_id, status, artifact } = message;
  return {
    type,
    content: shownContent(message["content"] ?? ""),
    ...(typeof id === "string" && { id }),
    ...(typeof name === "string" && { name }),
    ...(isJsonObject(response_metadata) && Object.keys(response_metadata).length > 0 && { response_metadata }),
    ...(typeof example === "boolean" && (type === "ai" || type === "human") && { example }),
    ...(type === "tool" && {
      ...(tool_call_id !== undefined && { tool_call_id }),
      ...(status !== undefined && { status }),
      ...(artifact !== undefined && artifact !== null && { artifact }),
    }),
    ...(type === "ai" && callsOf(message)),
  };
}

function callsOf({ tool_calls, invalid_tool_calls, additional_kwargs }: JsonObject): JsonObject {
  const raw = isJsonObject(additional_kwargs) ? additional_kwargs["tool_calls"] : undefined;
  const calls = nonEmpty(tool_calls) ?? nonEmpty(raw) ?? [];
  const invalid = nonEmpty(invalid_tool_calls);
  return {
    ...(calls.length > 0 && { tool_calls: calls.map(shownCall) }),
    ...(invalid && { invalid_tool_calls: invalid }),
  };
}

const nonEmpty = (value: Json | undefined): Json[] | undefined =>
  Array.isArray(value) && value.length > 0 ? value : undefined;

/** Also in the form of a provider, `{ id, function: { name, arguments } }`. */
function shownCall(call: Json): Json {
  if (!isJsonObject(call)) return call;
  const { id = null, function: called } = call;
  const { name, args } = isJsonObject(called) ? { name: called["name"], args: called["arguments"] } : call;
  return { id, name: name ?? "", args: parsedArgs(args ?? {}), type: "tool_call" };
}

function parsedArgs(args: Json): Json {
  if (typeof args !== "string") return args;
  try {
    return JSON.parse(args) as Json;
  } catch {
    return args;
  }
}

const BLOCKS = new Set([
  "text",
  "reasoning",
  "tool_call",
  "tool_call_chunk",
  "invalid_tool_call",
  "server_tool_call",
  "server_tool_call_chunk",
  "server_tool_result",
  "image",
  "audio",
  "video",
  "file",
  "non_standard",
]);

const shownContent = (content: Json): Json => (Array.isArray(content) ? content.map(shownBlock) : content);

export function shownBlock(block: Json): Json {
  if (typeof block === "string") return { type: "text", text: block };
  if (!isJsonObject(block)) return { type: "non_standard", value: block };
  const { type } = block;
  if (type === "image_url") return { type: "image", url: urlOf(block["image_url"]) };
  if (type === "input_audio" && isJsonObject(block["input_audio"])) return { type: "audio", ...block["input_audio"] };
  if (typeof type !== "string" || !BLOCKS.has(type)) return { type: "non_standard", value: block };
  const { mimeType, ...rest } = block;
  return mimeType === undefined ? block : { ...rest, mime_type: mimeType };
}

const urlOf = (image: Json | undefined): Json => (isJsonObject(image) ? (image["url"] ?? "") : (image ?? ""));
