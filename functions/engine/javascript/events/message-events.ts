/**
 * The two forms of LangGraph's mode `messages`: `messages-tuple` sends each chunk with its metadata, `messages` the message so far (Agent
 * Server API). If both are asked for, only tuples are sent, as on the official server.
 */
import { keepRecent } from "../../../core/keep-recent.ts";
import { isObject } from "../langgraph.ts";
import { STREAMED_MESSAGES } from "../../timings.ts";
import { isMessage, type Message, toJson } from "./to-json.ts";

export interface MessageEvent {
  name: "messages" | "messages/metadata" | "messages/partial" | "messages/complete";
  data: string;
}

/** A chunk of a message that is being streamed. */
interface Chunk extends Message {
  concat(other: Message): Chunk;
}

const isChunk = (message: Message): message is Chunk => "concat" in message && typeof message.concat === "function";

/** `[chunk, metadata]` as LangGraph streams it. */
export function messageTuples(): (payload: unknown) => MessageEvent[] {
  // All chunks of a message share one metadata object, so it is serialised once.
  const texts = new WeakMap<object, string>();
  return (payload) => {
    if (!Array.isArray(payload)) return [];
    const [chunk, metadata]: unknown[] = payload;
    let text = isObject(metadata) ? texts.get(metadata) : undefined;
    if (text === undefined) {
      text = toJson(shown(metadata), "The metadata of a message");
      if (isObject(metadata)) texts.set(metadata, text);
    }
    return [{ name: "messages", data: `[${toJson(chunk, "A message")},${text}]` }];
  };
}

/** Metadata once per message, then with every chunk the message so far, or the whole message if it was not streamed. */
export function wholeMessages(): (payload: unknown) => MessageEvent[] {
  const announcedIds = new Set<string>();
  const sofar = new Map<string, Chunk>();
  return (payload) => {
    if (!Array.isArray(payload)) return [];
    const [message, metadata]: unknown[] = payload;
    if (!isMessage(message)) return [];
    const id = message.id ?? "";
    const before = sofar.get(id);
    const events: MessageEvent[] = [];
    if (!announcedIds.has(id))
      events.push({
        name: "messages/metadata",
        data: toJson({ [id]: { metadata: announced(metadata) } }, "The metadata of a message"),
      });
    const now = before && isChunk(message) ? before.concat(message) : message;
    announcedIds.add(id);
    if (isChunk(now)) keepRecent(sofar, id, now, STREAMED_MESSAGES);
    events.push({
      name: isChunk(now) ? "messages/partial" : "messages/complete",
      data: `[${toJson(now, "A message")}]`,
    });
    return events;
  };
}

/** An event of a message's content blocks, with the model call that it is of (core's events, version 3). */
export function blockEvent(payload: unknown): { data: string; isDelta: boolean } | undefined {
  if (!Array.isArray(payload)) return undefined;
  const [event, metadata]: unknown[] = payload;
  if (!isObject(event)) return undefined;
  const { langgraph_node: node, lc_agent_name: agent, run_id } = isObject(metadata) ? metadata : {};
  const isDelta = event["event"] === "content-block-delta";
  return { data: toJson({ node, agent, data: { ...event, run_id } }, "An event of a message"), isDelta };
}

/** Without LangGraph's own keys, which older versions show. */
const shown = (metadata: unknown): Record<string, unknown> =>
  isObject(metadata) ? Object.fromEntries(Object.entries(metadata).filter(([key]) => !key.startsWith("__"))) : {};

/** Shows tags only if the project set some: those of LangGraph's own steps repeat `langgraph_step`. */
function announced(metadata: unknown): unknown {
  const { tags, ...rest } = shown(metadata);
  const own = Array.isArray(tags) ? tags.filter((tag) => !/^(seq|graph):step:?/.test(String(tag))) : [];
  return own.length > 0 ? { ...rest, tags: own } : rest;
}
