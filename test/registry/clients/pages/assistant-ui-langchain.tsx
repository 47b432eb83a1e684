/** A page of assistant-ui's runtime over `@langchain/react`, with its threads made by the server. The driver is use-chat-page.ts. */
import { AssistantRuntimeProvider } from "@assistant-ui/react";
import { useLangChainInterruptState, useLangChainRespond, useStreamRuntime } from "@assistant-ui/react-langchain";
import { Client } from "@langchain/langgraph-sdk";
import { useEffect } from "react";
import { createRoot } from "react-dom/client";
import { Chat, threadListOf } from "./assistant-ui-chat.tsx";

declare const API_URL: string;

const threadList = threadListOf(new Client({ apiUrl: API_URL, apiKey: null }));

function AnsweredChat() {
  const interrupt = useLangChainInterruptState();
  const respond = useLangChainRespond();
  return <Chat approve={interrupt ? () => void respond("yes") : undefined} />;
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
      <AnsweredChat />
    </AssistantRuntimeProvider>
  );
}

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
