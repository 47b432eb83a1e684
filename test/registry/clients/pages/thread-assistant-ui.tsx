/** A page that shows what assistant-ui's runtime over `@langchain/react` has of a thread. The driver is thread-protocol/page-seat.ts. */
import { AssistantRuntimeProvider, type RemoteThreadListAdapter, useAui, useAuiState } from "@assistant-ui/react";
import {
  useLangChainInterrupts,
  useLangChainRespond,
  useLangChainRespondAll,
  useLangChainStream,
  useLangChainSubgraphs,
  useLangChainToolCalls,
  useStreamRuntime,
} from "@assistant-ui/react-langchain";
import { Client } from "@langchain/langgraph-sdk";
import { type AnyStream, useChannel } from "@langchain/react";
import { createAssistantStream } from "assistant-stream";
import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";

const asked = new URLSearchParams(location.search);
const apiUrl = asked.get("api") ?? "";
const client = new Client({ apiUrl, apiKey: null });
const opened = asked.get("thread");
const listed = (id: string) => ({ status: "regular" as const, remoteId: id, externalId: id, title: "" });
const nothing = () => Promise.resolve();
const threadList: RemoteThreadListAdapter = {
  list: async () => ({ threads: opened === null ? [] : [listed(opened)] }),
  fetch: async (id) => listed(id),
  initialize: async () => listed((await client.threads.create()).thread_id),
  rename: nothing,
  archive: nothing,
  unarchive: nothing,
  delete: nothing,
  generateTitle: async () => createAssistantStream(() => {}),
};

function Progress({ stream, onSteps }: { stream: AnyStream; onSteps: (steps: unknown[]) => void }) {
  const events = useChannel(stream, ["custom:progress"]);
  useEffect(() => onSteps(events.map(({ params }) => (params.data as { payload: unknown }).payload)), [events]);
  return null;
}

function Thread({ threadId }: { threadId: string | undefined }) {
  const aui = useAui();
  const [progress, setProgress] = useState<unknown[]>([]);
  const isBusy = useAuiState(({ thread }) => thread.isRunning);
  const messages = useAuiState(({ thread }) => thread.messages);
  const tools = useLangChainToolCalls();
  const graphs = useLangChainSubgraphs();
  const interrupts = useLangChainInterrupts();
  const respond = useLangChainRespond();
  const respondAll = useLangChainRespondAll();
  const stream = useLangChainStream();
  const texts = ({ content }: (typeof messages)[number]) =>
    content.filter((part) => part.type === "text").map(({ text }) => text);
  const view = {
    threadId,
    said: messages.flatMap(texts),
    tools: tools.map(({ name }) => name),
    graphs: [...graphs.values()].map(({ nodeName }) => nodeName),
    progress,
    questions: interrupts.map(({ value }) => value),
    isBusy,
  };
  const answers = interrupts.map(({ id = "", value }) => [id, `to ${String(value)}`] as const);
  return (
    <>
      {stream && <Progress stream={stream} onSteps={setProgress} />}
      <pre>{JSON.stringify(view)}</pre>
      <input />
      <button onClick={() => aui.thread().append(document.querySelector("input")?.value ?? "")}>Send</button>
      <button onClick={() => aui.thread().cancelRun()}>Stop</button>
      {answers.map(([id, answer]) => (
        <button key={id} onClick={() => void respond(answer, { interruptId: id })}>{`Answer ${answer}`}</button>
      ))}
      <button onClick={() => void respondAll(Object.fromEntries(answers))}>Answer all</button>
    </>
  );
}

function App() {
  const [threadId, setThreadId] = useState<string>();
  const runtime = useStreamRuntime({
    apiUrl,
    assistantId: asked.get("assistant") ?? "",
    onThreadIdChange: setThreadId,
    unstable_threadListAdapter: threadList,
  });
  useEffect(() => {
    if (opened !== null) void runtime.threads.switchToThread(opened);
  }, [runtime]);
  return (
    <AssistantRuntimeProvider runtime={runtime}>
      <Thread threadId={threadId} />
    </AssistantRuntimeProvider>
  );
}

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
