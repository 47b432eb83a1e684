/**
 * Messages of mode `messages-tuple` as content-block events. The mode does not say when a message that comes in chunks is complete: it is
 * when the task that made it has ended.
 */
import { isJsonObject, type Json, type JsonObject } from "../../protocol/json.ts";
import { listOf, objectOf, textOf } from "./json-fields.ts";
import { isWithin, keyOf, type Namespace } from "./namespace.ts";
import { messageType, shownBlock } from "./shown-state.ts";

interface Block {
  index: number;
  type: "text" | "reasoning" | "tool_call";
  text: string;
  id?: Json;
  name?: Json;
}

interface OpenMessage {
  /** The task that says it. */
  task: Namespace;
  /** Where it is shown: the task, or its graph. */
  namespace: Namespace;
  node: string | undefined;
  run_id: string;
  blocks: Map<string, Block>;
  count: number;
  usage: Json | undefined;
  metadata: JsonObject;
}

export interface MessageData {
  namespace: Namespace;
  node: string | undefined;
  data: JsonObject;
}

export class MessageBlocks {
  readonly #open = new Map<string, OpenMessage>();

  /**
   * @param tuple `[message, metadata]`
   * @param at `byGraph`: as the official server tells it of Python, in the graph, and only what a model says
   */
  take(tuple: Json, { graph, byGraph }: { graph: Namespace; byGraph: boolean }): MessageData[] {
    const [message, metadata]: (Json | undefined)[] = listOf(tuple);
    if (message === undefined || !isJsonObject(message)) return [];
    const type = messageType(message);
    if (type === undefined || type === "remove" || (byGraph && !isOfModel(message, metadata))) return [];
    const { langgraph_checkpoint_ns: path, langgraph_node: node } = objectOf(metadata);
    const task = typeof path === "string" && path !== "" ? path.split("|") : graph;
    const key = `${keyOf(task)} ${textOf(message["id"])}`;
    const known = this.#open.get(key);
    const open =
      known ??
      begun(message, { task, namespace: byGraph ? graph : task, node: typeof node === "string" ? node : undefined });
    const data = [...(known ? [] : [startOf(message, type, open)]), ...chunkOf(message, open)];
    if (type === "ai" && isPiece(message)) this.#open.set(key, open);
    else data.push(...finishOf(open));
    return data.map((one) => located(one, open));
  }

  /** The task of this namespace has ended, and with it its messages. */
  endTask(namespace: Namespace): MessageData[] {
    const ended = [...this.#open].filter(([, open]) => isWithin(open.task, namespace));
    for (const [key] of ended) this.#open.delete(key);
    return ended.flatMap(([, open]) => finishOf(open).map((one) => located(one, open)));
  }

  /** Another attempt says them again. */
  forget(): void {
    this.#open.clear();
  }
}

/** A chunk of LangChain has this field, empty or not; a whole message has not. Python's SDK never ends one that another overtakes. */
const isPiece = (message: JsonObject): boolean => "tool_call_chunks" in message;

/** LangChain notes with each model call what kind of model it is. What a node has made itself, or a tool's answer, is in the state. */
const isOfModel = (message: JsonObject, metadata: Json | undefined): boolean =>
  isPiece(message) || "ls_model_type" in objectOf(metadata);

const located = (data: JsonObject, { namespace, node, run_id }: OpenMessage): MessageData => ({
  namespace,
  node,
  data: { ...data, run_id },
});

/** Readers put a message together by the run id of its model call, which LangChain makes part of the message's id. */
const begun = ({ id }: JsonObject, at: Pick<OpenMessage, "task" | "namespace" | "node">): OpenMessage => ({
  ...at,
  run_id: typeof id === "string" ? id.replace(/^(lc_)?run-+/, "") : keyOf(at.task),
  blocks: new Map(),
  count: 0,
  usage: undefined,
  metadata: {},
});

function startOf({ id, tool_call_id }: JsonObject, role: string, { run_id }: OpenMessage): JsonObject {
  return {
    event: "message-start",
    id: typeof id === "string" ? id : run_id,
    role,
    ...(role === "tool" && tool_call_id !== undefined && { tool_call_id }),
  };
}

function chunkOf(message: JsonObject, open: OpenMessage): JsonObject[] {
  const { content, tool_call_chunks, tool_calls, usage_metadata, response_metadata } = message;
  if (isJsonObject(usage_metadata)) open.usage = usage_metadata;
  if (isJsonObject(response_metadata)) Object.assign(open.metadata, response_metadata);
  const said = typeof content === "string" ? saidOf(content, open) : blocksOf(content, open);
  const chunks = listOf(tool_call_chunks);
  const calls = chunks.length > 0 ? [] : listOf(tool_calls);
  return [
    ...said,
    ...chunks.flatMap((chunk) => callChunk(objectOf(chunk), open)),
    ...calls.flatMap((call) => wholeCall(objectOf(call), open)),
  ];
}

const saidOf = (text: string, open: OpenMessage): JsonObject[] =>
  text === "" ? [] : addTo(open, "text", { type: "text", text });

function blocksOf(content: Json | undefined, open: OpenMessage): JsonObject[] {
  if (!Array.isArray(content)) return [];
  return content.flatMap((item) => {
    if (typeof item === "string") return saidOf(item, open);
    if (!isJsonObject(item)) return [];
    const key = `${textOf(item["type"])} ${textOf(item["index"])}`;
    const { type, text, reasoning, thinking } = item;
    if (type === "text" && typeof text === "string") return addTo(open, key, { type: "text", text });
    const thought = reasoning ?? thinking;
    if (typeof thought === "string") return addTo(open, key, { type: "reasoning", text: thought });
    // The calls themselves are in `tool_calls`.
    if (typeof type === "string" && /^(tool_|input_json)/.test(type)) return [];
    return wholeBlock(shownBlock(item), open);
  });
}

function addTo(open: OpenMessage, key: string, { type, text }: Pick<Block, "type" | "text">): JsonObject[] {
  const known = open.blocks.get(key);
  const block = known ?? { index: open.count++, type, text: "" };
  if (!known) open.blocks.set(key, block);
  block.text += text;
  const { index } = block;
  const field = type === "text" ? "text" : "reasoning";
  const delta = { event: "content-block-delta", index, delta: { type: `${field}-delta`, [field]: text } };
  return [
    ...(known ? [] : [{ event: "content-block-start", index, content: { type: field, [field]: "" } }]),
    ...(text === "" ? [] : [delta]),
  ];
}

function callChunk({ index: at, id, name, args }: JsonObject, open: OpenMessage): JsonObject[] {
  const key = `call ${textOf(at ?? id)}`;
  const known = open.blocks.get(key);
  const block: Block = known ?? {
    index: open.count++,
    type: "tool_call",
    text: "",
    id: id ?? null,
    name: name ?? null,
  };
  if (!known) open.blocks.set(key, block);
  const text = typeof args === "string" ? args : "";
  block.text += text;
  const { index } = block;
  return [
    ...(known ? [] : [startOfCall(block)]),
    ...(text === "" ? [] : [{ event: "content-block-delta", index, delta: { type: "tool-call-delta", args: text } }]),
  ];
}

const startOfCall = ({ index, id = null, name = null }: Block): JsonObject => ({
  event: "content-block-start",
  index,
  content: { type: "tool_call_chunk", id, name, args: "", index },
});

function wholeCall({ id = null, name = null, args = {} }: JsonObject, open: OpenMessage): JsonObject[] {
  const key = `call ${textOf(id)}`;
  if (open.blocks.has(key)) return [];
  const block: Block = { index: open.count++, type: "tool_call", text: JSON.stringify(args), id, name };
  open.blocks.set(key, block);
  return [startOfCall(block)];
}

function wholeBlock(content: Json, open: OpenMessage): JsonObject[] {
  const index = open.count++;
  return [
    { event: "content-block-start", index, content },
    { event: "content-block-finish", index, content },
  ];
}

function finishOf({ blocks, usage, metadata }: OpenMessage): JsonObject[] {
  const { finish_reason: reason } = metadata;
  return [
    ...[...blocks.values()].map((block) => ({
      event: "content-block-finish",
      index: block.index,
      content: contentOf(block),
    })),
    {
      event: "message-finish",
      ...(typeof reason === "string" && { reason }),
      ...(usage !== undefined && { usage }),
      ...(Object.keys(metadata).length > 0 && { responseMetadata: metadata }),
    },
  ];
}

function contentOf({ type, text, id = null, name = null }: Block): JsonObject {
  if (type === "text") return { type, text };
  if (type === "reasoning") return { type, reasoning: text };
  try {
    return { type, id, name, args: JSON.parse(text === "" ? "{}" : text) as Json };
  } catch {
    return { type: "invalid_tool_call", id, name, args: text, error: "Malformed args." };
  }
}
