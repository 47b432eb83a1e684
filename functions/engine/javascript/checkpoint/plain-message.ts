/**
 * A serialised LangChain message as clients see it. LangChain makes an instance of the stored fields and shows the fields of the instance,
 * so this is only for messages whose class changes none of them.
 */
import { isJsonObject, type Json, type JsonObject } from "../../../protocol/json.ts";

const TYPES: Readonly<Record<string, string>> = {
  HumanMessage: "human",
  SystemMessage: "system",
  ToolMessage: "tool",
  AIMessage: "ai",
  AIMessageChunk: "ai",
};

/** Fields that no class changes. Others may be renamed. */
const FIELDS = new Set([
  "content",
  "id",
  "name",
  "additional_kwargs",
  "response_metadata",
  "tool_calls",
  "invalid_tool_calls",
  "tool_call_chunks",
  "usage_metadata",
  "tool_call_id",
  "status",
  "artifact",
  "metadata",
]);

/** Levels in the fields of a message. Beyond 50 LangChain makes no instance; this keeps well below. */
const LEVELS = 40;

/** undefined where its class may change it. */
export function plainMessage({ lc, type, id, kwargs }: JsonObject): JsonObject | undefined {
  if (lc !== 1 || type !== "constructor" || !Array.isArray(id) || id.length !== 3 || !isJsonObject(kwargs)) {
    return undefined;
  }
  const [library, module, name] = id;
  const isMessage = library === "langchain_core" && module === "messages" && typeof name === "string";
  const shown = isMessage ? TYPES[name] : undefined;
  if (shown === undefined || !Object.keys(kwargs).every((key) => FIELDS.has(key))) return undefined;
  const fields = plainFields(kwargs, LEVELS);
  if (!isJsonObject(fields) || !isComplete(fields)) return undefined;
  if (name === "AIMessage" && !hasToolCalls(fields)) return undefined;
  if (name === "AIMessageChunk" && !(hasToolCalls(fields) && agreesWithChunks(fields))) return undefined;
  return { ...fields, type: shown };
}

/** A class fills in what is missing, and rebuilds the content of messages with an `output_version`. */
const isComplete = ({ content, additional_kwargs, response_metadata }: JsonObject): boolean =>
  (typeof content === "string" || Array.isArray(content)) &&
  isJsonObject(additional_kwargs) &&
  isJsonObject(response_metadata) &&
  response_metadata["output_version"] === undefined;

const hasToolCalls = ({ tool_calls, invalid_tool_calls }: JsonObject): boolean =>
  Array.isArray(tool_calls) && Array.isArray(invalid_tool_calls);

/** Its class makes the tool calls of a chunk anew from their pieces. */
function agreesWithChunks(fields: JsonObject): boolean {
  const { tool_calls: calls, tool_call_chunks: chunks, invalid_tool_calls: invalid } = fields;
  if (!Array.isArray(calls) || !Array.isArray(chunks) || !Array.isArray(invalid) || invalid.length > 0) return false;
  if (chunks.length === 0) return true;
  const ids = new Set(chunks.map((chunk) => isJsonObject(chunk) && chunk["id"]));
  return (
    chunks.length === calls.length &&
    ids.size === calls.length &&
    calls.every((call, at) => JSON.stringify(call) === callOf(chunks[at]))
  );
}

function callOf(chunk: Json | undefined): string | undefined {
  if (!isJsonObject(chunk)) return undefined;
  const { name, args, id, type } = chunk;
  if (typeof args !== "string" || typeof id !== "string" || id === "" || type !== "tool_call_chunk") return undefined;
  try {
    return JSON.stringify({ name, args: JSON.parse(args.trim() || "{}") as Json, id, type: "tool_call" });
  } catch {
    return undefined;
  }
}

/** Leaves out what was stored as undefined. Returns undefined if the serde has marked anything else in it. */
function plainFields(value: Json, levels: number): Json | undefined {
  if (typeof value !== "object" || value === null) return value;
  if (levels === 0) return undefined;
  if (Array.isArray(value)) {
    const items = value.map((item) => (isUndefined(item) ? null : plainFields(item, levels - 1)));
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  if ("lc" in value || "__lc_escaped__" in value) return undefined;
  const copy: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    if (isUndefined(item)) continue;
    const plain = plainFields(item, levels - 1);
    if (plain === undefined) return undefined;
    copy[key] = plain;
  }
  return copy;
}

/** What the serde writes for `undefined`. */
export const isUndefined = (value: Json): boolean =>
  isJsonObject(value) && value["lc"] === 2 && value["type"] === "undefined";
