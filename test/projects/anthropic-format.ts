/** Anthropic's messages, as a client meets them. */
import { randomUUID } from "node:crypto";
import { isObject } from "../../functions/engine/javascript/langgraph.ts";
import type { ModelReply, ModelRequest } from "./model-stand-in.ts";

type Body = Record<string, unknown>;
const listOf = (value: unknown): Body[] => (Array.isArray(value) ? value.filter(isObject) : []);

function requestOf(body: Body): ModelRequest {
  const messages = listOf(body["messages"]);
  const last = messages.at(-1)?.["content"];
  const asked = messages.findLast(({ role, content }) => role === "user" && textOf(content) !== "");
  const choice = isObject(body["tool_choice"]) ? body["tool_choice"] : {};
  return {
    asked: textOf(asked?.["content"]),
    answersTool: listOf(last).some(({ type }) => type === "tool_result"),
    tools: listOf(body["tools"]).map(({ name, input_schema }) => ({ name: String(name), schema: input_schema })),
    forced: choice["type"] === "tool" ? String(choice["name"]) : choice["type"] === "any",
  };
}

const textOf = (content: unknown): string =>
  typeof content === "string"
    ? content
    : listOf(content)
        .map(({ text }) => (typeof text === "string" ? text : ""))
        .join("");

export function anthropicAnswer(body: Body, reply: (request: ModelRequest) => ModelReply) {
  const { text, call } = reply(requestOf(body));
  const block = call
    ? { type: "tool_use", id: `toolu_${randomUUID()}`, name: call.name, input: call.args }
    : { type: "text", text: text ?? "" };
  const stop_reason = call ? "tool_use" : "end_turn";
  const usage = { input_tokens: 3, output_tokens: 5 };
  const message = {
    id: `msg_${randomUUID()}`,
    type: "message",
    role: "assistant",
    model: body["model"],
    stop_sequence: null,
    usage,
  };
  if (body["stream"] !== true) return { body: { ...message, content: [block], stop_reason } };

  const empty = call ? { ...block, input: {} } : { type: "text", text: "" };
  const deltas = call
    ? (JSON.stringify(call.args).match(/.{1,20}/gs) ?? []).map((partial_json) => ({
        type: "input_json_delta",
        partial_json,
      }))
    : (text?.match(/\S+\s*/g) ?? []).map((part) => ({ type: "text_delta", text: part }));
  const events: Body[] = [
    { type: "message_start", message: { ...message, content: [], stop_reason: null } },
    { type: "content_block_start", index: 0, content_block: empty },
    ...deltas.map((delta) => ({ type: "content_block_delta", index: 0, delta })),
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 5 } },
    { type: "message_stop" },
  ];
  return { frames: events.map((event) => `event: ${String(event["type"])}\ndata: ${JSON.stringify(event)}\n\n`) };
}
