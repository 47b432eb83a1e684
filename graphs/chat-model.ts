/** Which model `chat` speaks with. Providers are imported when first needed, so that a server without keys starts fast. */
import { ScriptedModel } from "./scripted-model.ts";

/** OpenAI or Anthropic if their key is set, else a script. */
export async function chatModel() {
  const { OPENAI_API_KEY, ANTHROPIC_API_KEY, CHAT_MODEL } = process.env;
  if (OPENAI_API_KEY) {
    const { ChatOpenAI } = await import("@langchain/openai");
    return new ChatOpenAI({ model: CHAT_MODEL ?? "gpt-4.1-mini" });
  }
  if (ANTHROPIC_API_KEY) {
    const { ChatAnthropic } = await import("@langchain/anthropic");
    return new ChatAnthropic({ model: CHAT_MODEL ?? "claude-haiku-4-5" });
  }
  return new ScriptedModel();
}
