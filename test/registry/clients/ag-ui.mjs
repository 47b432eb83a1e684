/** The stock agent of AG-UI, which CopilotKit uses, too. */
import assert from "node:assert/strict";
import { LangGraphAgent } from "@ag-ui/langgraph";
import { clientOf, endOf, openGate, url, WORDS } from "./steps.mjs";

const { step, noCall } = clientOf("AG-UI", "@ag-ui/langgraph");
const NO_JOIN = "an agent streams its own turns alone; `connectAgent` is not implemented";

/** @param onEvent called with each event and the agent, while the run goes on */
async function turn(threadId, messages, { onEvent = () => {}, ...more } = {}) {
  const agent = new LangGraphAgent({ deploymentUrl: url, graphId: "talk" });
  agent.threadId = threadId;
  agent.messages = messages;
  const events = [];
  const subscriber = {
    onEvent({ event }) {
      events.push(event);
      onEvent(event, agent);
    },
  };
  await agent.runAgent({ runId: crypto.randomUUID(), ...more }, subscriber);
  const types = events.map(({ type }) => type);
  const steps = events.filter(({ type }) => type === "STEP_STARTED").map(({ stepName }) => stepName);
  return { events, types, steps, messages: agent.messages };
}
const user = (content, id = crypto.randomUUID()) => ({ id, role: "user", content });
const textOf = (events) =>
  events
    .filter(({ type }) => type === "TEXT_MESSAGE_CONTENT")
    .map(({ delta }) => delta)
    .join("");
const said = ({ messages }) => messages.map(({ role, content }) => [role, content]);

await step("chat turn", async () => {
  const threadId = crypto.randomUUID();
  const first = await turn(threadId, [user("hello")]);
  const second = await turn(threadId, [...first.messages, user("again")]);

  assert.equal(textOf(first.events), "You said: hello");
  assert.equal(first.events.filter(({ type }) => type === "TEXT_MESSAGE_CONTENT").length, 2);
  assert.deepEqual(said(second), [
    ["user", "hello"],
    ["assistant", "You said: hello"],
    ["user", "again"],
    ["assistant", "You said: again"],
  ]);
});

await step("tool call", async () => {
  const told = await turn(crypto.randomUUID(), [user("weather in sf")]);

  assert.deepEqual(told.steps, ["listen", "agent", "tools", "agent"]);
  for (const type of ["TOOL_CALL_START", "TOOL_CALL_ARGS", "TOOL_CALL_END", "TOOL_CALL_RESULT", "STATE_SNAPSHOT"])
    assert.ok(told.types.includes(type), type);
  assert.equal(textOf(told.events), "The weather in sf is sunny.");
  assert.equal(told.types.at(-1), "RUN_FINISHED");
  const roles = told.messages.map(({ role }) => role);
  assert.deepEqual(roles.toSorted(), ["assistant", "assistant", "tool", "user"]);
});

await step("interrupt and resume", async () => {
  const threadId = crypto.randomUUID();
  const asked = [user("ask me first")];
  const waits = await turn(threadId, asked);
  const answered = await turn(threadId, asked, { forwardedProps: { command: { resume: "yes" } } });

  const question = waits.events.find(({ name }) => name === "on_interrupt");
  assert.deepEqual(JSON.parse(question.value), { question: "May I?" });
  assert.equal(textOf(waits.events), "");
  assert.equal(textOf(answered.events), "You said: ask me first");
});

noCall("reload in mid-run", NO_JOIN);

await step("stop", async () => {
  const threadId = crypto.randomUUID();
  // It tells the console that a text has no end.
  console.error = () => {};
  await turn(threadId, [user("slowly ag-ui")], {
    onEvent: (event, agent) => event.type === "TEXT_MESSAGE_CONTENT" && agent.abortRun(),
  }).catch(() => undefined);

  assert.equal(await endOf(threadId), "interrupted");
});

noCall("stop from a second tab after a reload", NO_JOIN);

await step("five edits and a regenerate", async () => {
  const threadId = crypto.randomUUID();
  const first = user("weather one");
  await turn(threadId, [first]);
  // It goes back to a message where the page has one that the thread has not, a greeting for example.
  const greeting = { id: crypto.randomUUID(), role: "assistant", content: "Welcome!" };
  for (const text of ["weather two", "weather three", "weather four", "weather five", "weather six", "weather six"]) {
    await turn(threadId, [greeting, user(text, first.id)]);
    const { values } = await (await fetch(`${url}/threads/${threadId}/state`)).json();
    assert.deepEqual(
      values.messages.map(({ type, content }) => [type, content]),
      [
        ["human", text],
        ["ai", ""],
        ["tool", "It's always sunny in sf!"],
        ["ai", "The weather in sf is sunny."],
      ],
    );
  }
});

noCall("second tab follows", NO_JOIN);

await step("tokens while the run goes on", async () => {
  let open;
  const told = await turn(crypto.randomUUID(), [user("slowly ag-ui-tokens")], {
    onEvent: ({ type }) => type === "TEXT_MESSAGE_CONTENT" && (open ??= openGate("ag-ui-tokens")),
  });

  assert.equal(textOf(told.events), WORDS);
});
