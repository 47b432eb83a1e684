/** The same chat with the classic `useStream` of `@langchain/langgraph-sdk`: it streams a run, and after a reload joins it again. */
import type { Message } from "@langchain/langgraph-sdk";
import { useStream } from "@langchain/langgraph-sdk/react";
import { type FormEvent, useState } from "react";
import { createRoot } from "react-dom/client";

function Page() {
  const [threadId, setThreadId] = useState(() => localStorage.getItem("classic"));
  const chat = useStream<{ messages: Message[] }>({
    apiUrl: location.origin,
    assistantId: "chat",
    threadId,
    onThreadId: (id) => {
      localStorage.setItem("classic", id);
      setThreadId(id);
    },
    reconnectOnMount: () => localStorage,
  });
  const ask = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const content = new FormData(event.currentTarget).get("question");
    event.currentTarget.reset();
    if (typeof content === "string") void chat.submit({ messages: [{ type: "human", content }] });
  };
  return (
    <>
      {chat.messages.map(({ id, type, content }) => (
        <p key={id} className={type}>
          {typeof content === "string" ? content : content.map((block) => ("text" in block ? block.text : "")).join("")}
        </p>
      ))}
      {chat.interrupt && (
        <p role="alert">
          {JSON.stringify(chat.interrupt.value)}{" "}
          <button onClick={() => void chat.submit(null, { command: { resume: true } })}>Approve</button>
        </p>
      )}
      {chat.error instanceof Error && <p role="alert">{chat.error.message}</p>}
      <form onSubmit={ask}>
        <input name="question" aria-label="Question" defaultValue="What is the weather in Paris?" required />
        <button disabled={chat.isLoading}>Ask</button>
        {chat.isLoading && (
          <button type="button" onClick={() => void chat.stop()}>
            Stop
          </button>
        )}
      </form>
    </>
  );
}

const root = document.getElementById("root");
if (root) createRoot(root).render(<Page />);
