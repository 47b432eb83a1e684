/**
 * A chat of a known length: a number of model calls, one in each superstep, each with a number of tokens at a known pace after a known
 * delay.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { ChatGenerationChunk, type ChatResult } from "@langchain/core/outputs";
import { END, MessagesValue, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { z } from "zod";
import { words } from "./words.ts";

const State = new StateSchema({
  messages: MessagesValue,
  /** Model calls still to come. */
  calls: z.number(),
  /** Of each call. */
  tokens: z.number(),
  /** ms between two tokens, and before the first. */
  pace: z.number(),
  silence: z.number(),
});

class Speaker extends BaseChatModel {
  readonly #plan: Pick<typeof State.State, "tokens" | "pace" | "silence">;

  constructor(plan: Pick<typeof State.State, "tokens" | "pace" | "silence">) {
    super({});
    this.#plan = plan;
  }

  _llmType() {
    return "speaker";
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    _options: this["ParsedCallOptions"],
    run?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const { tokens, pace, silence } = this.#plan;
    await pause(silence);
    const start = performance.now();
    const text = words(messages.length);
    for (let n = 0; n < tokens; n++) {
      const early = start + n * pace - performance.now();
      if (early > 0) await pause(early);
      const message = new AIMessageChunk(`${text.next().value} `);
      const chunk = new ChatGenerationChunk({ message, text: message.text });
      yield chunk;
      await run?.handleLLMNewToken(chunk.text, undefined, undefined, undefined, undefined, { chunk });
    }
  }

  async _generate(): Promise<ChatResult> {
    throw new Error("The speaker streams.");
  }
}

export const graph = new StateGraph(State)
  .addNode("speak", async ({ messages, calls, ...plan }) => ({
    messages: [await new Speaker(plan).invoke(messages)],
    calls: calls - 1,
  }))
  .addEdge(START, "speak")
  .addConditionalEdges("speak", ({ calls }) => (calls > 0 ? "speak" : END))
  .compile();
