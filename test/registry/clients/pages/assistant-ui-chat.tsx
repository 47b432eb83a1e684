/** What pages of assistant-ui's runtimes share: threads that the server lists, and a chat whose turns can be edited and regenerated. */
import {
  MessagePrimitive,
  type RemoteThreadListAdapter,
  type ToolCallMessagePartProps,
  ThreadPrimitive,
  useAui,
  useAuiState,
} from "@assistant-ui/react";
import type { Client, Thread } from "@langchain/langgraph-sdk";
import { createAssistantStream } from "assistant-stream";

const asListed = ({ thread_id, metadata }: Thread) => ({
  status: "regular" as const,
  remoteId: thread_id,
  externalId: thread_id,
  title: typeof metadata?.["title"] === "string" ? metadata["title"] : "",
});

export const threadListOf = ({ threads }: Client): RemoteThreadListAdapter => ({
  list: async () => ({ threads: (await threads.search({ limit: 20 })).map(asListed) }),
  fetch: async (id) => asListed(await threads.get(id)),
  initialize: async () => asListed(await threads.create()),
  rename: async (id, title) => void (await threads.update(id, { metadata: { title } })),
  archive: async (id) => void (await threads.update(id, { metadata: { archived: true } })),
  delete: (id) => threads.delete(id),
  generateTitle: async () => createAssistantStream(() => {}),
});

const typed = () => document.querySelector("input")?.value ?? "";

function ToolCall({ toolName, result }: ToolCallMessagePartProps) {
  return (
    <>
      <code>{toolName}</code> <q>{String(result)}</q>
    </>
  );
}

function Turn() {
  const aui = useAui();
  const role = useAuiState(({ message }) => message.role);
  const isRunning = useAuiState(({ thread }) => thread.isRunning);
  const edit = () => {
    const composer = aui.message().composer();
    composer.beginEdit();
    composer.setText(typed());
    composer.send();
  };
  return (
    <li data-type={role === "user" ? "human" : "ai"}>
      <MessagePrimitive.Parts components={{ Text: ({ text }) => <p>{text}</p>, tools: { Fallback: ToolCall } }} />
      <button disabled={isRunning} onClick={role === "user" ? edit : () => aui.message().reload()}>
        {role === "user" ? "Edit" : "Regenerate"}
      </button>
    </li>
  );
}

/** @param approve answers the interrupt; undefined while there is none */
export function Chat({ approve }: { approve: (() => void) | undefined }) {
  const aui = useAui();
  const isRunning = useAuiState(({ thread }) => thread.isRunning);
  return (
    <>
      <ol>
        <ThreadPrimitive.Messages components={{ Message: Turn }} />
      </ol>
      <input />
      <button onClick={() => aui.thread().append(typed())}>Send</button>
      {isRunning && <button onClick={() => aui.thread().cancelRun()}>Stop</button>}
      {approve && <button onClick={approve}>Approve</button>}
    </>
  );
}
