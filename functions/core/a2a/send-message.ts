/** A message to an agent: a run on its context, or the answer to what a task has asked. */
import type { GivenMessage } from "../../protocol/a2a.ts";
import { isJsonObject, type Json, type JsonObject } from "../../protocol/json.ts";
import { RunCreate, type StreamMode } from "../../protocol/run.ts";
import type { User } from "../auth/auth-port.ts";
import { readSchemas } from "../assistant/read-shape.ts";
import type { Assistant } from "../../protocol/assistant.ts";
import type { Ports } from "../ports.ts";
import type { Complaint } from "../run/create/create-result.ts";
import { createRun } from "../run/create/create-run.ts";
import { isFinal } from "../run/run-row.ts";
import { pendingIds } from "../stream/pending-interrupts.ts";
import { findThread } from "../thread/threads.ts";
import { findTask, hasAsked, TASK_KEY, type TaskRun } from "./find-task.ts";

/** What a task's stream is made of. */
const MODES: StreamMode[] = ["messages-tuple", "custom"];

export interface Sending {
  assistant: Assistant;
  message: GivenMessage;
  /** Headers that the project wants in `configurable`. */
  headers: Record<string, string>;
  /** Name of the caller's key. */
  key_name: string | undefined;
  /** Whom custom auth has recognised. */
  user?: User;
  /** Of its run. */
  metadata?: JsonObject | undefined;
}

export type SendResult =
  | { kind: "sent"; task: TaskRun }
  | { kind: "task_not_found" | "not_waiting" | "no_content" | "no_messages" | "bad_answer"; detail: string }
  | Complaint;

/** A message that is refused changes nothing. */
export async function sendMessage(ports: Ports, sending: Sending): Promise<SendResult> {
  const content = contentOf(sending.message);
  if (!content) return { kind: "no_content", detail: "parts: text and data are taken, and no files" };
  return sending.message.taskId === undefined
    ? beginTask(ports, sending, content)
    : answerTask(ports, sending, { content, task_id: sending.message.taskId });
}

/** `texts` and the data, merged; undefined if a part is neither. */
interface Content {
  texts: string[];
  data: JsonObject;
}

function contentOf({ parts }: GivenMessage): Content | undefined {
  const isKnown = parts.every(({ text, data }) => text !== undefined || isJsonObject(data));
  if (!isKnown) return undefined;
  const data = parts.map((part) => (isJsonObject(part.data) ? part.data : {}));
  return { texts: parts.flatMap(({ text }) => text ?? []), data: Object.assign({}, ...data) as JsonObject };
}

/** Text becomes messages, data becomes fields of the input beside them (as the official server does). */
async function beginTask(ports: Ports, sending: Sending, { texts, data }: Content): Promise<SendResult> {
  const { assistant, message } = sending;
  if (texts.length > 0 && !(await takesMessages(ports, assistant)))
    return { kind: "no_messages", detail: `The graph ${assistant.graph_id} has no messages: send its input as data` };
  const role = message.role === "agent" || message.role === "ROLE_AGENT" ? "assistant" : "user";
  const messages = texts.map((content, index): Json => ({
    role,
    content,
    ...(index === 0 && { id: message.messageId }),
  }));
  const input = { ...data, ...(messages.length > 0 && { messages }) };
  const thread_id = message.contextId ?? ports.ids.uuid7();
  const created = await create(ports, sending, { thread_id, fields: { input, if_not_exists: "create" } });
  if (created.kind !== "created") return created;
  return { kind: "sent", task: { task_id: created.run.run_id, run: created.run } };
}

/** What the schema does not say is taken to be so. */
async function takesMessages(ports: Ports, { graph_id, config, context }: Assistant): Promise<boolean> {
  const { input_schema } = await readSchemas(ports, { graph_id, config, context });
  const fields = input_schema["properties"];
  return !isJsonObject(fields) || Object.hasOwn(fields, "messages");
}

async function answerTask(
  ports: Ports,
  sending: Sending,
  { content, task_id }: { content: Content; task_id: string },
): Promise<SendResult> {
  const { assistant, message } = sending;
  for (;;) {
    const task = await findTask(ports, { task_id, assistant_id: assistant.assistant_id });
    const isElsewhere = message.contextId !== undefined && message.contextId !== task?.run.thread_id;
    if (!task || isElsewhere) return { kind: "task_not_found", detail: `Task ${task_id} not found` };
    const { thread_id } = task.run;
    const thread = await findThread(ports, thread_id);
    const pending = thread ? await pendingIds(ports, thread) : [];
    if (!thread || !hasAsked(task.run) || pending.length === 0)
      return { kind: "not_waiting", detail: `Task ${task_id} ${isFinal(task.run) ? "has ended" : "is at work"}` };
    const resume = answerIn(content);
    if (pending.length > 1 && !pending.some((id) => isJsonObject(resume) && Object.hasOwn(resume, id)))
      return { kind: "bad_answer", detail: `parts: send data with an answer for each of ${pending.join(", ")}` };
    const fields = { command: { resume }, metadata: { [TASK_KEY]: task.task_id } };
    const created = await create(ports, sending, { thread_id, fields, rev: thread.rev });
    if (created.kind === "created") return { kind: "sent", task: { task_id: task.task_id, run: created.run } };
    // Perhaps somebody else has answered: then it waits no longer.
    if (created.kind !== "outdated") return created;
  }
}

/** Text alone is the answer itself. */
const answerIn = ({ texts, data }: Content): Json =>
  Object.keys(data).length > 0 ? { ...data, ...(texts.length > 0 && { text: texts.join("\n") }) } : texts.join("\n");

function create(
  ports: Ports,
  { assistant: { assistant_id }, headers, key_name, user, metadata: given }: Sending,
  {
    thread_id,
    fields,
    rev,
  }: { thread_id: string; fields: { metadata?: JsonObject; [field: string]: unknown }; rev?: number },
) {
  const metadata = { ...given, ...fields.metadata };
  const body = RunCreate.parse({ assistant_id, ...fields, metadata, stream_mode: MODES, stream_resumable: true });
  const own = { headers, key_name, ...(user && { user }), ...(rev !== undefined && { rev }) };
  return createRun(ports, { thread_id, body, ...own });
}
