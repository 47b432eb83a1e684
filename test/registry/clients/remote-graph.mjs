/** RemoteGraph in JavaScript: invoked and streamed, its state read, updated and continued, its drawing and subgraphs. */
import assert from "node:assert/strict";
import { RemoteGraph } from "@langchain/langgraph/remote";
import { step, url } from "./steps.mjs";

const config = () => ({ configurable: { thread_id: crypto.randomUUID() } });
const weather = new RemoteGraph({ graphId: "weather", url });
const family = new RemoteGraph({ graphId: "parent", url });
const question = { messages: [{ role: "user", content: "What is the weather in sf?" }] };

await step("RemoteGraph (JavaScript): invoke, state and history", async () => {
  const here = config();
  const { messages } = await weather.invoke(question, here);
  assert.equal(messages.at(-1).content, "The weather in sf is sunny.");
  const state = await weather.getState(here);
  assert.equal(state.values.messages.length, messages.length);
  assert.deepEqual(state.next, []);
  const history = await Array.fromAsync(weather.getStateHistory(here));
  assert.ok(history.length >= 4);
});

await step("RemoteGraph (JavaScript): a stream of several modes, with subgraphs", async () => {
  const chunks = await Array.fromAsync(
    await family.stream({ foo: "a" }, { ...config(), streamMode: ["updates", "values"], subgraphs: true }),
  );
  const modes = new Set(chunks.map(([, mode]) => mode));
  assert.deepEqual(modes, new Set(["updates", "values"]));
  assert.ok(chunks.some(([namespace]) => namespace.length > 0));
});

await step("RemoteGraph (JavaScript): an updated state goes on from there", async () => {
  const here = config();
  // It throws where the graph pauses.
  await assert.rejects(weather.invoke(question, { ...here, interruptBefore: ["tools"] }), { name: "GraphInterrupt" });
  assert.deepEqual((await weather.getState(here)).next, ["tools"]);
  await weather.updateState(here, { messages: [{ role: "user", content: "Wait." }] }, "tools");
  assert.deepEqual((await weather.getState(here)).next, ["agent"]);
  const { messages } = await weather.invoke(null, here);
  assert.ok(messages.some(({ content }) => content === "Wait."));
});

await step("RemoteGraph (JavaScript): its drawing and its subgraphs", async () => {
  const drawing = await family.getGraphAsync({ xray: true });
  assert.ok(Object.keys(drawing.nodes).some((id) => id.startsWith("node_2:")));
  assert.match(drawing.drawMermaid(), /node_1/);
  const names = (await Array.fromAsync(family.getSubgraphsAsync(undefined, true))).map(([name]) => name);
  assert.deepEqual(names, ["node_2"]);
});
