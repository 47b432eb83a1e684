/** OpenAI's chat completions and embeddings, as a client meets them. */
import { createHash, randomUUID } from "node:crypto";
import { isObject } from "../../functions/engine/javascript/langgraph.ts";
import type { ModelReply, ModelRequest } from "./model-stand-in.ts";

type Body = Record<string, unknown>;
const listOf = (value: unknown): Body[] => (Array.isArray(value) ? value.filter(isObject) : []);
const textOf = (content: unknown): string =>
  typeof content === "string"
    ? content
    : listOf(content)
        .map(({ text }) => (typeof text === "string" ? text : ""))
        .join("");

function requestOf(body: Body): ModelRequest {
  const messages = listOf(body["messages"]);
  const tools = listOf(body["tools"]).map(({ function: tool }) => {
    const { name, parameters } = isObject(tool) ? tool : {};
    return { name: String(name), schema: parameters };
  });
  const { tool_choice: choice, response_format: format } = body;
  const chosen = isObject(choice) && isObject(choice["function"]) ? String(choice["function"]["name"]) : undefined;
  const schema = isObject(format) && isObject(format["json_schema"]) ? format["json_schema"]["schema"] : undefined;
  return {
    asked: textOf(messages.findLast(({ role }) => role === "user")?.["content"]),
    answersTool: messages.at(-1)?.["role"] === "tool",
    tools,
    forced: chosen ?? (choice === "required" || choice === "any"),
    ...(isObject(format) && format["type"] !== "text" ? { format: schema ?? { type: "object" } } : {}),
  };
}

export function openaiAnswer(body: Body, reply: (request: ModelRequest) => ModelReply) {
  const { text, call } = reply(requestOf(body));
  const callId = `call_${randomUUID()}`;
  const head = { id: `chatcmpl-${randomUUID()}`, created: 1, model: body["model"] };
  const usage = { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 };
  const finish_reason = call ? "tool_calls" : "stop";
  const args = call && JSON.stringify(call.args);
  const tool_calls = call && [{ id: callId, type: "function", function: { name: call.name, arguments: args } }];
  if (body["stream"] !== true) {
    const message = { role: "assistant", content: text ?? null, refusal: null, ...(tool_calls ? { tool_calls } : {}) };
    return { body: { ...head, object: "chat.completion", choices: [{ index: 0, message, finish_reason }], usage } };
  }
  const chunk = (delta: object, finish: string | null = null): string =>
    frame({ ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: finish }] });
  const words = (text?.match(/\s*\S+/g) ?? []).map((content) => chunk({ content }));
  const calls = call
    ? [
        chunk({
          tool_calls: [{ index: 0, id: callId, type: "function", function: { name: call.name, arguments: "" } }],
        }),
        ...(args?.match(/.{1,20}/gs) ?? []).map((part) =>
          chunk({ tool_calls: [{ index: 0, function: { arguments: part } }] }),
        ),
      ]
    : [];
  const last = frame({ ...head, object: "chat.completion.chunk", choices: [], usage });
  const frames = [chunk({ role: "assistant", content: "" }), ...words, ...calls, chunk({}, finish_reason), last];
  return { frames: [...frames, "data: [DONE]\n\n"] };
}

const frame = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;

/** Vectors by content: the same text lies nearest to itself. */
export function openaiEmbeddings(body: Body): object {
  const inputs = [body["input"]].flat().map(String);
  const dimensions = typeof body["dimensions"] === "number" ? body["dimensions"] : 1_536;
  const data = inputs.map((input, index) => {
    const vector = vectorOf(input, dimensions);
    const embedding =
      body["encoding_format"] === "base64" ? Buffer.from(Float32Array.from(vector).buffer).toString("base64") : vector;
    return { object: "embedding", index, embedding };
  });
  return { object: "list", data, model: body["model"], usage: { prompt_tokens: 1, total_tokens: 1 } };
}

function vectorOf(text: string, dimensions: number): number[] {
  const digest = createHash("sha512").update(text).digest();
  const raw = Array.from({ length: dimensions }, (_, i) => digest.readUInt8(i % digest.length) / 255 - 0.5);
  const length = Math.hypot(...raw);
  return raw.map((value) => value / length);
}
