/** A page that shows what `useStream` of `@langchain/react` has of a thread. The driver is thread-protocol/page-seat.ts. */
import type { Message } from "@langchain/langgraph-sdk";
import { useChannel, useStream } from "@langchain/react";
import { useState } from "react";
import { createRoot } from "react-dom/client";

const asked = new URLSearchParams(location.search);

function Thread() {
  const [threadId, setThreadId] = useState(asked.get("thread"));
  const stream = useStream<{ messages: Message[] }, string>({
    apiUrl: asked.get("api") ?? "",
    assistantId: asked.get("assistant") ?? "",
    threadId,
    onThreadId: setThreadId,
  });
  const progress = useChannel(stream, ["custom:progress"]);
  const typed = () => document.querySelector("input")?.value ?? "";
  const view = {
    threadId,
    said: stream.messages.filter(({ type }) => type !== "tool").map(({ text }) => text),
    tools: stream.toolCalls.map(({ name }) => name),
    graphs: [...stream.subgraphs.values()].map(({ nodeName }) => nodeName),
    progress: progress.map(({ params }) => (params.data as { payload: unknown }).payload),
    questions: stream.interrupts.map(({ value }) => value),
    isBusy: stream.isLoading,
  };
  const answers = stream.interrupts.map(({ id = "", value }) => [id, `to ${value}`] as const);
  return (
    <>
      <pre>{JSON.stringify(view)}</pre>
      <input />
      <button onClick={() => void stream.submit({ messages: [{ type: "human", content: typed() }] })}>Send</button>
      <button onClick={() => void stream.stop()}>Stop</button>
      {answers.map(([id, answer]) => (
        <button key={id} onClick={() => void stream.respond(answer, { interruptId: id })}>{`Answer ${answer}`}</button>
      ))}
      <button onClick={() => void stream.respondAll(Object.fromEntries(answers))}>Answer all</button>
    </>
  );
}

const root = document.getElementById("root");
if (root) createRoot(root).render(<Thread />);
