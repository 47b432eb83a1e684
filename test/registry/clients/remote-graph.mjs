/** RemoteGraph in JavaScript. */
import assert from "node:assert/strict";
import { Command } from "@langchain/langgraph";
import { RemoteGraph } from "@langchain/langgraph/remote";
import { clientOf, openGate, url, WORDS } from "./steps.mjs";

const { step, noCall } = clientOf("RemoteGraph", "@langchain/langgraph");
const config = (more = {}) => ({ configurable: { thread_id: crypto.randomUUID(), ...more } });
const talk = new RemoteGraph({ graphId: "talk", url });
const family = new RemoteGraph({ graphId: "parent", url });
const user = (content, id) => ({ messages: [{ role: "user", content, ...(id && { id }) }] });
const texts = ({ messages }) => messages.map(({ content }) => content);

await step("chat turn", async () => {
  const here = config();
  assert.deepEqual(texts(await talk.invoke(user("hello"), here)), ["hello", "You said: hello"]);

  let text = "";
  for await (const [chunk] of await talk.stream(user("slowly remote-graph"), { ...here, streamMode: "messages" })) {
    if (text === "") await openGate("remote-graph");
    text += chunk.content;
  }
  assert.equal(text, WORDS);
});

await step("tool call", async () => {
  const { messages } = await talk.invoke(user("weather in sf"), config());
  assert.deepEqual(
    messages.map(({ type }) => type),
    ["human", "ai", "tool", "ai"],
  );
  assert.equal(messages.at(-1).content, "The weather in sf is sunny.");
});

await step("interrupt and resume", async () => {
  const here = config();
  // It throws where the graph asks.
  await assert.rejects(talk.invoke(user("ask me first"), here), { name: "GraphInterrupt" });
  const { tasks } = await talk.getState(here);
  assert.deepEqual(tasks[0].interrupts[0].value, { question: "May I?" });
  assert.equal(texts(await talk.invoke(new Command({ resume: "yes" }), here)).at(-1), "You said: ask me first");
});

noCall("reload in mid-run", "it joins no run");
noCall("stop", "it cancels no run");
noCall("stop from a second tab after a reload", "it cancels no run");

await step("five edits and a regenerate", async () => {
  const here = config();
  await talk.invoke(user("one"), here);
  const [first] = (await Array.fromAsync(talk.getStateHistory(here))).slice(-1);
  const forkOf = async (from, values, node) => {
    await talk.updateState(from, values, node);
    return texts(await talk.invoke(null, here));
  };
  for (const text of ["two", "three", "four", "five", "six"])
    assert.deepEqual(await forkOf(first.config, user(text), "__start__"), [text, `You said: ${text}`]);
  const { parentConfig } = await talk.getState(here);
  assert.deepEqual(await forkOf(parentConfig, { messages: [] }, "listen"), ["six", "You said: six"]);
  const history = await Array.fromAsync(talk.getStateHistory(here, { limit: 100 }));
  const waysFrom = ({ configurable }) =>
    history.filter(({ parentConfig: from }) => from?.configurable.checkpoint_id === configurable.checkpoint_id).length;
  assert.deepEqual([waysFrom(first.config), waysFrom(parentConfig)], [6, 2]);
});

noCall("second tab follows", "it joins no run");

await step("state and history", async () => {
  const here = config();
  const { messages } = await talk.invoke(user("hello"), here);
  const state = await talk.getState(here);
  assert.equal(state.values.messages.length, messages.length);
  assert.deepEqual(state.next, []);
  assert.ok((await Array.fromAsync(talk.getStateHistory(here))).length >= 4);
});

await step("subgraphs in its stream", async () => {
  const chunks = await Array.fromAsync(
    await family.stream({ foo: "a" }, { ...config(), streamMode: ["updates", "values"], subgraphs: true }),
  );
  assert.deepEqual(new Set(chunks.map(([, mode]) => mode)), new Set(["updates", "values"]));
  assert.ok(chunks.some(([namespace]) => namespace.length > 0));
});

await step("state update", async () => {
  const here = config();
  // It throws where the graph pauses.
  await assert.rejects(talk.invoke(user("weather"), { ...here, interruptBefore: ["tools"] }), {
    name: "GraphInterrupt",
  });
  assert.deepEqual((await talk.getState(here)).next, ["tools"]);
  await talk.updateState(here, user("Wait."), "tools");
  assert.deepEqual((await talk.getState(here)).next, ["agent"]);
  assert.equal(texts(await talk.invoke(null, here)).at(-1), "You said: Wait.");
});

await step("drawing", async () => {
  const drawing = await family.getGraphAsync({ xray: true });
  assert.ok(Object.keys(drawing.nodes).some((id) => id.startsWith("node_2:")));
  assert.match(drawing.drawMermaid(), /node_1/);
});

await step("names of subgraphs", async () => {
  const names = (await Array.fromAsync(family.getSubgraphsAsync(undefined, true))).map(([name]) => name);
  assert.deepEqual(names, ["node_2"]);
});
