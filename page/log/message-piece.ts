/**
 * What an event says of a message: a piece of it (`messages-tuple`), or all of it so far (`messages`). Nothing is taken for granted of
 * what stands in it: a graph, or a model, may have made anything of it.
 */
import type { Json } from "../../functions/protocol/json.ts";
import { isJsonObject, jsonIn, textOf } from "../json.ts";
import type { StreamedEvent } from "./streamed-event.ts";

export interface MessagePiece {
  /** Of the message. */
  id: string;
  role: string;
  node: string;
  text: string;
  calls: CallPiece[];
  /** It replaces what came before. */
  whole: boolean;
}

export interface CallPiece {
  index: string;
  name: string;
  args: string;
}

/** The event's name without the namespace of a subgraph. */
export const modeOf = (event: string): string => event.split("|", 1)[0] ?? event;

export const isMessageEvent = (event: string): boolean => /^messages(\/(partial|complete))?(\||$)/.test(event);

/** @returns undefined for what is no message */
export function pieceOf({ event, data }: StreamedEvent): MessagePiece | undefined {
  const pair = jsonIn(data);
  const [message, metadata] = Array.isArray(pair) ? pair : [];
  if (!isJsonObject(message) || message["id"] === undefined || message["id"] === null) return undefined;
  const type = textOf(message["type"]);
  const chunks = message["tool_call_chunks"];
  // Python names the class of a chunk. LangGraph.js names the type alone, but only its chunks have chunks of tool calls.
  const isChunk = type.endsWith("Chunk") || chunks !== undefined;
  const whole = modeOf(event) !== "messages" || !isChunk;
  const pieces = callPieces(chunks);
  return {
    id: textOf(message["id"]),
    role: type.replace(/MessageChunk$|Message$/, "").toLowerCase(),
    node: isJsonObject(metadata) ? textOf(metadata["langgraph_node"]) : "",
    text: contentText(message["content"]),
    calls: pieces.length > 0 || !whole ? pieces : callPieces(message["tool_calls"]),
    whole,
  };
}

const callPieces = (calls: Json | undefined): CallPiece[] =>
  (Array.isArray(calls) ? calls : []).filter(isJsonObject).map(({ index, name, args }, place) => ({
    index: textOf(index ?? place),
    name: textOf(name ?? ""),
    args: textOf(args ?? ""),
  }));

/** The text of a content, which is text or a list of blocks. */
function contentText(content: Json | undefined): string {
  if (!Array.isArray(content)) return typeof content === "string" ? content : "";
  return content.map((block) => textOf(isJsonObject(block) ? (block["text"] ?? "") : block)).join("");
}
