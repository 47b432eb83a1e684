/** What an event says of a message: a piece of it (`messages-tuple`), or all of it so far (`messages`). */
import type { StreamedEvent } from "./streamed-event.ts";

export interface MessagePiece {
  /** Of the message. */
  id: string;
  role: string;
  node: string;
  text: string;
  calls: { index: number; name: string; args: string }[];
  /** It replaces what came before. */
  whole: boolean;
}

interface WireMessage {
  id?: string;
  type?: string;
  content?: unknown;
  tool_call_chunks?: { index?: number; name?: string | null; args?: string | null }[];
  tool_calls?: { name?: string; args?: unknown }[];
}

/** The event's name without the namespace of a subgraph. */
export const modeOf = (event: string): string => event.split("|", 1)[0] ?? event;

export const isMessageEvent = (event: string): boolean => /^messages(\/(partial|complete))?(\||$)/.test(event);

/** @returns undefined for what is no message */
export function pieceOf({ event, data }: StreamedEvent): MessagePiece | undefined {
  const [message, metadata] = JSON.parse(data) as [WireMessage?, { langgraph_node?: string }?];
  if (message?.id === undefined) return undefined;
  // Python names the class of a chunk. LangGraph.js names the type alone, but only its chunks have chunks of tool calls.
  const isChunk = message.type?.endsWith("Chunk") === true || message.tool_call_chunks !== undefined;
  const whole = modeOf(event) !== "messages" || !isChunk;
  const chunks = message.tool_call_chunks ?? [];
  return {
    id: message.id,
    role: (message.type ?? "").replace(/MessageChunk$|Message$/, "").toLowerCase(),
    node: metadata?.langgraph_node ?? "",
    text: contentText(message.content),
    calls:
      chunks.length > 0
        ? chunks.map(({ index = 0, name, args }) => ({ index, name: name ?? "", args: args ?? "" }))
        : whole
          ? (message.tool_calls ?? []).map(({ name = "", args }, index) => ({
              index,
              name,
              args: JSON.stringify(args),
            }))
          : [],
    whole,
  };
}

/** The text of a content, which is text or a list of blocks. */
function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .map((block: { text?: string } | string) => (typeof block === "string" ? block : (block.text ?? "")))
    .join("");
}
