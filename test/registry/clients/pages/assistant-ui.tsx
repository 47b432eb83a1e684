/** A page of assistant-ui's LangGraph runtime, with its threads listed by the server. The driver is use-chat-page.ts. */
import {
  AssistantRuntimeProvider,
  MessagePrimitive,
  type RemoteThreadListAdapter,
  type ToolCallMessagePartProps,
  ThreadPrimitive,
  useAui,
  useAuiState,
} from "@assistant-ui/react";
import {
  type LangChainMessage,
  unstable_createLangGraphStream as createLangGraphStream,
  useLangGraphInterruptState,
  useLangGraphRuntime,
  useLangGraphSendCommand,
} from "@assistant-ui/react-langgraph";
import { Client, type Thread } from "@langchain/langgraph-sdk";
import { createAssistantStream } from "assistant-stream";
import { useState } from "react";
import { createRoot } from "react-dom/client";

declare const API_URL: string;

type State = { messages?: LangChainMessage[] };

const client = new Client({ apiUrl: API_URL, apiKey: null });
const stream = createLangGraphStream({ client, assistantId: "talk" });

const asListed = ({ thread_id, metadata }: Thread) => ({
  status: "regular" as const,
  remoteId: thread_id,
  externalId: thread_id,
  title: typeof metadata?.["title"] === "string" ? metadata["title"] : "",
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

async function load(threadId: string) {
  const { values, tasks } = await client.threads.getState<State>(threadId);
  return { messages: values.messages ?? [], interrupts: tasks.flatMap(({ interrupts }) => interrupts) };
}

/** Where the thread had said these messages and no more. */
async function getCheckpointId(threadId: string, parents: LangChainMessage[]) {
  const idsOf = (messages: LangChainMessage[] = []) => messages.map(({ id }) => id).join();
  const history = await client.threads.getHistory<State>(threadId, { limit: 100 });
  const before = history.find(({ values }) => idsOf(values.messages) === idsOf(parents));
  return before?.checkpoint.checkpoint_id ?? null;
}

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
  const interrupt = useLangGraphInterruptState();
  const command = useLangGraphSendCommand();
  return (
    <>
      <ol>
        <ThreadPrimitive.Messages components={{ Message: Turn }} />
      </ol>
      <input />
      <button onClick={() => aui.thread().append(typed())}>Send</button>
      {isRunning && <button onClick={() => aui.thread().cancelRun()}>Stop</button>}
      {interrupt && <button onClick={() => void command({ resume: "yes" })}>Approve</button>}
    </>
  );
}

function App() {
  const [threadId, setThreadId] = useState(() => localStorage.getItem("thread") ?? undefined);
  const runtime = useLangGraphRuntime({
    stream,
    load,
    getCheckpointId,
    threadId,
    onThreadIdChange: (id) => {
      if (id) localStorage.setItem("thread", id);
      setThreadId(id);
    },
    unstable_threadListAdapter: threadList,
    unstable_allowCancellation: true,
  });
  return (
    <AssistantRuntimeProvider runtime={runtime}>
      <Chat />
    </AssistantRuntimeProvider>
  );
}

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
