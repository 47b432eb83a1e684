/**
 * A serialised LangChain message as clients see it, if its class would not change it: LangChain makes an instance of the stored fields, and
 * shows the instance's.
 */
import { isJsonObject, type Json, type JsonObject } from "../../../protocol/json.ts";

const TYPES: Readonly<Record<string, string>> = {
  HumanMessage: "human",
  SystemMessage: "system",
  ToolMessage: "tool",
  AIMessage: "ai",
  AIMessageChunk: "ai",
};

/** Fields that come out of every class as they went in. Names of other fields may be changed. */
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

/** Levels of a message's fields: LangChain refuses more than 50, and then the message is shown as it is stored. */
const LEVELS = 40;

/** undefined where its class must be asked. */
export function plainMessage({ lc, type, id, kwargs }: JsonObject): JsonObject | undefined {
  if (lc !== 1 || type !== "constructor" || !Array.isArray(id) || id.length !== 3 || !isJsonObject(kwargs)) {
    return undefined;
  }
  const [core, room, name] = id;
  const isMessage = core === "langchain_core" && room === "messages" && typeof name === "string";
  const shown = isMessage ? TYPES[name] : undefined;
  if (shown === undefined || !Object.keys(kwargs).every((key) => FIELDS.has(key))) return undefined;
  const fields = plainFields(kwargs, LEVELS);
  if (!isJsonObject(fields) || !isComplete(fields)) return undefined;
  if (name === "AIMessage" && !hasToolCalls(fields)) return undefined;
  if (name === "AIMessageChunk" && !(hasToolCalls(fields) && agreesWithChunks(fields))) return undefined;
  return { ...fields, type: shown };
}

/** A class fills in what is missing, and divides contents of LangChain's version 1 anew. */
const isComplete = ({ content, additional_kwargs, response_metadata }: JsonObject): boolean =>
  (typeof content === "string" || Array.isArray(content)) &&
  isJsonObject(additional_kwargs) &&
  isJsonObject(response_metadata) &&
  response_metadata["output_version"] === undefined;

const hasToolCalls = ({ tool_calls, invalid_tool_calls }: JsonObject): boolean =>
  Array.isArray(tool_calls) && Array.isArray(invalid_tool_calls);

/** A chunk's tool calls are read from its pieces again. */
function agreesWithChunks({ tool_calls: calls, tool_call_chunks: chunks, invalid_tool_calls: invalid }: JsonObject) {
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

/** Without what was stored as undefined; undefined for anything else that the serde has marked. */
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
