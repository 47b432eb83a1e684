/** A chat model that needs no key: it asks for the weather once, then tells it, a word at a time, as a real one would. */
import { setTimeout as pause } from "node:timers/promises";
import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessageChunk, type BaseMessage, ToolMessage } from "@langchain/core/messages";
import { ChatGenerationChunk, type ChatResult } from "@langchain/core/outputs";

/** Milliseconds between two words. */
const PACE = 40;

export class ScriptedModel extends BaseChatModel {
  constructor() {
    super({});
  }

  _llmType() {
    return "scripted";
  }

  /** The script knows its tool by name and needs no description of it. */
  override bindTools(_tools: unknown[]) {
    return this;
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    run?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    for (const message of reply(messages)) {
      await pause(PACE, undefined, options.signal ? { signal: options.signal } : {});
      const chunk = new ChatGenerationChunk({ message, text: message.text });
      yield chunk;
      await run?.handleLLMNewToken(chunk.text, undefined, undefined, undefined, undefined, { chunk });
    }
  }

  /** The same words in one piece, for callers that do not stream. */
  async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const message = reply(messages).reduce((whole, chunk) => whole.concat(chunk));
    return { generations: [{ text: message.text, message }] };
  }
}

/** What the model says next, chunk by chunk. */
function reply(messages: BaseMessage[]): AIMessageChunk[] {
  const last = messages.at(-1);
  if (ToolMessage.isInstance(last))
    return words(`${last.text}. This is a script: set OPENAI_API_KEY to talk to a model.`);
  const city = /\bin ([A-Z]\w+)/.exec(last?.text ?? "")?.[1] ?? "Paris";
  const call = { name: "get_weather", args: JSON.stringify({ city }), id: `call_${messages.length}`, index: 0 };
  return [
    ...words("Let me look."),
    new AIMessageChunk({ content: "", tool_call_chunks: [{ type: "tool_call_chunk", ...call }] }),
  ];
}

const words = (text: string) => (text.match(/\S+\s*/g) ?? []).map((word) => new AIMessageChunk(word));
