/** The Vercel AI SDK's transport to a deployment: a turn with a tool, by parts and tokens; and its adapter of a RemoteGraph's stream. */
import assert from "node:assert/strict";
import { LangSmithDeploymentTransport, toUIMessageStream } from "@ai-sdk/langchain";
import { RemoteGraph } from "@langchain/langgraph/remote";
import { step, url } from "./steps.mjs";

const user = (text) => ({ id: crypto.randomUUID(), role: "user", parts: [{ type: "text", text }] });
const textOf = (parts) =>
  parts
    .filter(({ type }) => type === "text-delta")
    .map(({ delta }) => delta)
    .join("");

await step("AI SDK: a turn through the transport, with a tool call", async () => {
  const transport = new LangSmithDeploymentTransport({ url, graphId: "weather" });
  const stream = await transport.sendMessages({
    trigger: "submit-message",
    chatId: crypto.randomUUID(),
    messages: [user("What is the weather in sf?")],
  });

  const parts = await Array.fromAsync(stream);
  const types = parts.map(({ type }) => type);
  for (const type of ["start", "tool-input-start", "tool-output-available", "text-start", "text-end", "finish"])
    assert.ok(types.includes(type), `${type} in ${types}`);
  const input = parts.filter(({ type }) => type === "tool-input-delta").map(({ inputTextDelta }) => inputTextDelta);
  assert.deepEqual(JSON.parse(input.join("")), { city: "sf" });
  assert.equal(textOf(parts), "The weather in sf is sunny.");
});

await step("AI SDK: the adapter of a graph's stream, on a thread", async () => {
  const graph = new RemoteGraph({ graphId: "weather", url });
  const stream = await graph.stream(
    { messages: [{ role: "user", content: "What is the weather in sf?" }] },
    { streamMode: ["values", "messages"], configurable: { thread_id: crypto.randomUUID() } },
  );

  assert.equal(textOf(await Array.fromAsync(toUIMessageStream(stream))), "The weather in sf is sunny.");
});
