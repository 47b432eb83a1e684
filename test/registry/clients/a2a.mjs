/** The stock client of A2A, in both versions of the protocol. Prints a line for each check; ends with 1 if one has failed. */
import assert from "node:assert/strict";
import {
  ClientFactory,
  ClientFactoryOptions,
  DefaultAgentCardResolver,
  JsonRpcTransportFactory,
} from "@a2a-js/sdk/client";
import { Role, TaskState } from "@a2a-js/sdk";
import { openGate, url, WORDS } from "./steps.mjs";

async function check(title, run) {
  try {
    await run();
    console.log(`ok A2A: ${title}`);
  } catch (error) {
    console.log(`FAIL A2A: ${title}: ${error.stack ?? error}`);
    process.exitCode = 1;
  }
}

const cardOf = (agent) => `${url}/.well-known/agent-card.json?assistant_id=${agent}`;
const message = (content, fields = {}) => ({
  message: { messageId: crypto.randomUUID(), role: Role.ROLE_USER, parts: [{ content }], ...fields },
});
const text = (value) => ({ $case: "text", value });
const textOf = ({ parts }) => parts.map(({ content }) => content.value).join("");
const agent = (name) => new ClientFactory().createFromUrl(cardOf(name), "");

const talk = await agent("talk");

await check("a card says where its agent is", async () => {
  const card = await talk.getAgentCard();
  assert.equal(card.name, "talk");
  assert.equal(talk.protocolVersion, "1.0");
});

await check("a message has its answer, in its context", async () => {
  const first = await talk.sendMessage(message(text("hello")));
  const second = await talk.sendMessage(message(text("again"), { contextId: first.contextId }));
  assert.equal(first.status.state, TaskState.TASK_STATE_COMPLETED);
  assert.equal(textOf(first.artifacts[0]), "You said: hello");
  assert.deepEqual(second.history.map(textOf), ["hello", "You said: hello", "again", "You said: again"]);
  assert.deepEqual(await talk.getTask({ id: second.id }), second);
});

await check("a question is answered with the same task", async () => {
  const asked = await talk.sendMessage(message(text("ask me first")));
  const { id: taskId, contextId } = asked;
  const answered = await talk.sendMessage(message(text("yes"), { taskId, contextId }));
  assert.equal(asked.status.state, TaskState.TASK_STATE_INPUT_REQUIRED);
  assert.deepEqual(asked.status.message.parts[0].content.value, { question: "May I?" });
  assert.equal(answered.id, taskId);
  assert.equal(textOf(answered.artifacts[0]), "You said: ask me first");
});

/** Words of a stream, as its artifact is put together. */
class Reader {
  words = "";
  states = [];
  take({ payload: { $case, value } }) {
    if ($case === "task" || $case === "statusUpdate") this.states.push(value.status.state);
    if ($case === "artifactUpdate") this.words = (value.append ? this.words : "") + textOf(value.artifact);
    return $case === "task" ? value.id : value.taskId;
  }
}

await check("a stream that is left in the middle goes on with another one", async () => {
  const gate = crypto.randomUUID();
  const left = new Reader();
  let id;
  for await (const event of talk.sendMessageStream(message(text(`slowly ${gate}`)))) {
    id = left.take(event);
    if (left.words.includes("w20 ")) break;
  }
  await openGate(gate);
  const reader = new Reader();
  for await (const event of talk.resubscribeTask({ id })) reader.take(event);
  assert.ok(WORDS.startsWith(left.words));
  assert.equal(reader.words, WORDS);
  assert.equal(reader.states.at(-1), TaskState.TASK_STATE_COMPLETED);
});

await check("a task is cancelled, and then no more", async () => {
  const { id } = await talk.sendMessage({
    ...message(text(`slowly ${crypto.randomUUID()}`)),
    configuration: { returnImmediately: true, acceptedOutputModes: [] },
  });
  assert.equal((await talk.cancelTask({ id })).status.state, TaskState.TASK_STATE_CANCELED);
  await assert.rejects(talk.cancelTask({ id }), { name: /TaskNotCancelable/ });
  await assert.rejects(talk.getTask({ id: crypto.randomUUID() }), { name: /TaskNotFound/ });
});

await check("data is the input of a graph without messages", async () => {
  const joke = await agent("agent");
  const { artifacts } = await joke.sendMessage(message({ $case: "data", value: { topic: "x" } }));
  assert.equal(artifacts[0].parts[0].content.value.joke, "This is a joke about x and cats");
});

await check("version 0.3 of the protocol has the same answers", async () => {
  const legacyCompat = { enabled: true };
  const card = await (await fetch(cardOf("talk"))).json();
  delete card.supportedInterfaces;
  const options = {
    transports: [new JsonRpcTransportFactory({ legacyCompat })],
    cardResolver: new DefaultAgentCardResolver({ legacyCompat }),
  };
  const old = await new ClientFactory(
    ClientFactoryOptions.createFrom(ClientFactoryOptions.default, options),
  ).createFromAgentCard(card);
  const reader = new Reader();
  for await (const event of old.sendMessageStream(message(text("hello")))) reader.take(event);
  assert.equal(old.protocolVersion, "0.3");
  assert.equal(reader.words, "You said: hello");
  assert.equal(textOf((await old.sendMessage(message(text("hello")))).artifacts[0]), "You said: hello");
});
