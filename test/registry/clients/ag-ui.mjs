/** The stock agent of AG-UI, which CopilotKit uses, too: a turn with a tool, a second turn, a question and its answer, a stop. */
import assert from "node:assert/strict";
import { LangGraphAgent } from "@ag-ui/langgraph";
import { step, url } from "./steps.mjs";

/** @param onEvent called with each event and the agent, while the run goes on */
async function turn(graphId, threadId, messages, { onEvent = () => {}, ...more } = {}) {
  const agent = new LangGraphAgent({ deploymentUrl: url, graphId });
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
const user = (content) => ({ id: crypto.randomUUID(), role: "user", content });
const textOf = (events) =>
  events
    .filter(({ type }) => type === "TEXT_MESSAGE_CONTENT")
    .map(({ delta }) => delta)
    .join("");
const runsOf = async (threadId) => (await fetch(`${url}/threads/${threadId}/runs`)).json();

await step("AG-UI: a turn with a tool call, by nodes and tokens", async () => {
  const told = await turn("weather", crypto.randomUUID(), [user("What is the weather in sf?")]);

  assert.deepEqual(told.steps, ["agent", "tools", "agent"]);
  for (const type of ["TOOL_CALL_START", "TOOL_CALL_ARGS", "TOOL_CALL_END", "TOOL_CALL_RESULT", "STATE_SNAPSHOT"])
    assert.ok(told.types.includes(type), type);
  assert.equal(textOf(told.events), "The weather in sf is sunny.");
  assert.equal(told.types.at(-1), "RUN_FINISHED");
  const roles = told.messages.map(({ role }) => role);
  assert.deepEqual(roles.toSorted(), ["assistant", "assistant", "tool", "user"]);
});

const chat = crypto.randomUUID();
const asked = [user("Say it.")];
let answered;
await step("AG-UI: a graph that asks ends its turn with the question", async () => {
  const told = await turn("chat", chat, asked);

  const question = told.events.find(({ name }) => name === "on_interrupt");
  assert.deepEqual(JSON.parse(question.value), { question: "May I?" });
});

await step("AG-UI: its answer resumes the graph", async () => {
  const told = await turn("chat", chat, asked, { forwardedProps: { command: { resume: "yes" } } });

  assert.match(textOf(told.events), /^w1 w2 .*w40 $/);
  answered = told.messages;
});

await step("AG-UI: a second turn goes on with the first", async () => {
  const told = await turn("chat", chat, [...answered, user("Again.")]);

  assert.ok(told.events.some(({ name }) => name === "on_interrupt"));
  assert.deepEqual(
    told.messages.map(({ role }) => role),
    ["user", "assistant", "user"],
  );
});

await step("AG-UI: a stop cancels the run", async () => {
  const threadId = crypto.randomUUID();
  await turn("chat", threadId, asked);
  await turn("chat", threadId, asked, {
    forwardedProps: { command: { resume: "yes" } },
    onEvent: (event, agent) => event.type === "TEXT_MESSAGE_CONTENT" && agent.abortRun(),
  }).catch(() => undefined);

  let status;
  do [{ status }] = await runsOf(threadId);
  while (status === "running");
  assert.equal(status, "interrupted");
});
