/** The stock client of A2A in a page: a card, and a message whose answer is streamed. */
import { Role, TaskState } from "@a2a-js/sdk";
import { ClientFactory } from "@a2a-js/sdk/client";

declare const API_URL: string;

async function main(): Promise<string> {
  const card = `${API_URL}/.well-known/agent-card.json?assistant_id=talk`;
  const client = await new ClientFactory().createFromUrl(card, "");
  const message = {
    messageId: crypto.randomUUID(),
    role: Role.ROLE_USER,
    parts: [{ content: { $case: "text" as const, value: "hello" }, metadata: undefined, filename: "", mediaType: "" }],
    contextId: "",
    taskId: "",
    metadata: undefined,
    extensions: [],
    referenceTaskIds: [],
  };
  let [words, state] = ["", TaskState.TASK_STATE_UNSPECIFIED];
  const stream = client.sendMessageStream({ tenant: "", message, configuration: undefined, metadata: undefined });
  for await (const { payload } of stream) {
    if (payload?.$case === "statusUpdate") state = payload.value.status?.state ?? state;
    if (payload?.$case !== "artifactUpdate") continue;
    const text = payload.value.artifact?.parts.map(({ content }) => String(content?.value)).join("") ?? "";
    words = (payload.value.append ? words : "") + text;
  }
  return JSON.stringify({ words, isCompleted: state === TaskState.TASK_STATE_COMPLETED });
}

main().then(
  (text) => (document.body.textContent = text),
  (error: unknown) => (document.body.textContent = String(error)),
);
