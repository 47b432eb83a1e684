/** A page of assistant-ui's runtime over `@langchain/react`, with its threads made by the server. The driver is use-chat-page.ts. */
import {
  AssistantRuntimeProvider,
  MessagePrimitive,
  type RemoteThreadListAdapter,
  type ToolCallMessagePartProps,
  ThreadPrimitive,
  useAui,
  useAuiState,
} from "@assistant-ui/react";
import { useLangChainInterruptState, useLangChainRespond, useStreamRuntime } from "@assistant-ui/react-langchain";
import { Client, type Thread } from "@langchain/langgraph-sdk";
import { createAssistantStream } from "assistant-stream";
import { useEffect } from "react";
import { createRoot } from "react-dom/client";

declare const API_URL: string;

const client = new Client({ apiUrl: API_URL, apiKey: null });
const asListed = ({ thread_id }: Thread) => ({
  status: "regular" as const,
  remoteId: thread_id,
  externalId: thread_id,
  title: "",
});
const threadList: RemoteThreadListAdapter = {
  list: async () => ({ threads: (await client.threads.search({ limit: 20 })).map(asListed) }),
  fetch: async (id) => asListed(await client.threads.get(id)),
  initialize: async () => asListed(await client.threads.create()),
  rename: async (id, title) => void (await client.threads.update(id, { metadata: { title } })),
  archive: async (id) => void (await client.threads.update(id, { metadata: { archived: true } })),
  delete: (id) => client.threads.delete(id),
  generateTitle: async () => createAssistantStream(() => {}),
};

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

function Chat() {
  const aui = useAui();
  const isRunning = useAuiState(({ thread }) => thread.isRunning);
  const interrupt = useLangChainInterruptState();
  const respond = useLangChainRespond();
  return (
    <>
      <ol>
        <ThreadPrimitive.Messages components={{ Message: Turn }} />
      </ol>
      <input />
      <button onClick={() => aui.thread().append(typed())}>Send</button>
      {isRunning && <button onClick={() => aui.thread().cancelRun()}>Stop</button>}
      {interrupt && <button onClick={() => void respond("yes")}>Approve</button>}
    </>
  );
}

function App() {
  const runtime = useStreamRuntime({
    apiUrl: API_URL,
    assistantId: "talk",
    onThreadIdChange: (id) => {
      if (id) localStorage.setItem("thread", id);
    },
    unstable_threadListAdapter: threadList,
  });
  useEffect(() => {
    const remembered = localStorage.getItem("thread");
    if (remembered) void runtime.threads.switchToThread(remembered);
  }, [runtime]);
  return (
    <AssistantRuntimeProvider runtime={runtime}>
      <Chat />
    </AssistantRuntimeProvider>
  );
}

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
