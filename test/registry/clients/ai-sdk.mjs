/** The Vercel AI SDK's transport to a deployment, which keeps no thread; and its adapter of a RemoteGraph's stream, on a thread. */
import assert from "node:assert/strict";
import { LangSmithDeploymentTransport, toUIMessageStream } from "@ai-sdk/langchain";
import { Command } from "@langchain/langgraph";
import { RemoteGraph } from "@langchain/langgraph/remote";
import { clientOf, openGate, url, WORDS } from "./steps.mjs";

const { step, noCall } = clientOf("AI SDK", "@ai-sdk/langchain");
const transport = new LangSmithDeploymentTransport({ url, graphId: "talk" });
const graph = new RemoteGraph({ graphId: "talk", url });

const user = (text) => ({ id: crypto.randomUUID(), role: "user", parts: [{ type: "text", text }] });
const assistant = (text) => ({ ...user(text), role: "assistant" });
const textOf = (parts) =>
  parts
    .filter(({ type }) => type === "text-delta")
    .map(({ delta }) => delta)
    .join("");
const turn = async (messages, trigger = "submit-message") =>
  Array.fromAsync(await transport.sendMessages({ trigger, chatId: crypto.randomUUID(), messages }));
const streamed = async (input, thread_id) =>
  toUIMessageStream(await graph.stream(input, { streamMode: ["values", "messages"], configurable: { thread_id } }));

await step("chat turn", async () => {
  const parts = await turn([user("hello"), assistant("You said: hello"), user("again")]);

  assert.equal(textOf(parts), "You said: again");
  const thread = crypto.randomUUID();
  let text = "";
  for await (const { type, delta } of await streamed(
    { messages: [{ role: "user", content: "slowly ai-sdk" }] },
    thread,
  )) {
    if (type !== "text-delta") continue;
    if (text === "") await openGate("ai-sdk");
    text += delta;
  }
  assert.equal(text, WORDS);
});

await step("tool call", async () => {
  const parts = await turn([user("weather in sf")]);

  const types = parts.map(({ type }) => type);
  for (const type of ["start", "tool-input-start", "tool-output-available", "text-start", "text-end", "finish"])
    assert.ok(types.includes(type), `${type} in ${types}`);
  const input = parts.filter(({ type }) => type === "tool-input-delta").map(({ inputTextDelta }) => inputTextDelta);
  assert.deepEqual(JSON.parse(input.join("")), { city: "sf" });
  assert.equal(textOf(parts), "The weather in sf is sunny.");
});

await step("interrupt and resume", async () => {
  const thread = crypto.randomUUID();
  const asked = await streamed({ messages: [{ role: "user", content: "ask me first" }] }, thread);
  // The adapter tells approvals of tools alone; the question itself throws in the graph's stream.
  const waits = await Array.fromAsync(asked).catch(() => []);
  const answered = await Array.fromAsync(await streamed(new Command({ resume: "yes" }), thread));

  assert.equal(textOf(waits), "");
  assert.equal(textOf(answered), "You said: ask me first");
});

noCall("reload in mid-run", "its transport does not implement `reconnectToStream`");
noCall("stop", "it cancels no run; its transport does not pass the signal on");
noCall("stop from a second tab after a reload", "it cancels no run; its transport does not pass the signal on");

await step("five edits and a regenerate", async () => {
  // The page has the conversation and sends all of it each time.
  for (const text of ["one", "two", "three", "four", "five"])
    assert.equal(textOf(await turn([user(text)])), `You said: ${text}`);
  assert.equal(textOf(await turn([user("five")], "regenerate-message")), "You said: five");
});

noCall("second tab follows", "its transport does not implement `reconnectToStream`");
