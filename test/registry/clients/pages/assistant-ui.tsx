/** A page of assistant-ui's LangGraph runtime, with its threads listed by the server. The driver is use-chat-page.ts. */
import { AssistantRuntimeProvider } from "@assistant-ui/react";
import {
  type LangChainMessage,
  unstable_createLangGraphStream as createLangGraphStream,
  useLangGraphInterruptState,
  useLangGraphRuntime,
  useLangGraphSendCommand,
} from "@assistant-ui/react-langgraph";
import { Client } from "@langchain/langgraph-sdk";
import { useState } from "react";
import { createRoot } from "react-dom/client";
import { Chat, threadListOf } from "./assistant-ui-chat.tsx";

declare const API_URL: string;

type State = { messages?: LangChainMessage[] };

const client = new Client({ apiUrl: API_URL, apiKey: null });
const stream = createLangGraphStream({ client, assistantId: "talk" });
const threadList = threadListOf(client);

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

function AnsweredChat() {
  const interrupt = useLangGraphInterruptState();
  const command = useLangGraphSendCommand();
  return <Chat approve={interrupt ? () => void command({ resume: "yes" }) : undefined} />;
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
      <AnsweredChat />
    </AssistantRuntimeProvider>
  );
}

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
