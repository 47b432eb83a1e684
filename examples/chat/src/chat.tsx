/**
 * A chat with `useStream` of `@langchain/react`. A reload, a second tab and a lost connection need no code: the hook reads the thread from
 * the server and follows its run. The key is with the server that serves this page, see serve.mjs.
 */
import { useStream } from "@langchain/react";
import { type FormEvent, useState } from "react";
import { createRoot } from "react-dom/client";

type Chat = ReturnType<typeof useChat>;

function useChat() {
  const [threadId, setThreadId] = useState(() => localStorage.getItem("thread"));
  const remember = (id: string): void => {
    localStorage.setItem("thread", id);
    setThreadId(id);
  };
  return useStream({
    apiUrl: location.origin,
    assistantId: "chat",
    threadId,
    onThreadId: remember,
  });
}

/** The hook knows which runs it has started. One that it found after a reload is looked up. */
async function stop(chat: Chat): Promise<void> {
  await chat.stop();
  if (chat.threadId === null) return;
  const { runs } = chat.client;
  for (const { run_id } of await runs.list(chat.threadId, { status: "running" }))
    await runs.cancel(chat.threadId, run_id);
}

function Page() {
  const chat = useChat();
  const ask = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const content = new FormData(event.currentTarget).get("question");
    event.currentTarget.reset();
    if (typeof content === "string") void chat.submit({ messages: [{ type: "human", content }] });
  };
  return (
    <>
      {chat.messages.map(({ id, type, text }) => text !== "" && <Said key={id} type={type} text={text} />)}
      {chat.toolCalls.map(({ id, name, status }) => (
        <p key={id}>
          <code>{name}</code> {status}
        </p>
      ))}
      {chat.interrupts.map(({ id, value }) => (
        <p key={id} role="alert">
          {JSON.stringify(value)} <button onClick={() => void chat.respond(true, { interruptId: id })}>Approve</button>{" "}
          <button onClick={() => void chat.respond(false, { interruptId: id })}>Refuse</button>
        </p>
      ))}
      {chat.error instanceof Error && <p role="alert">{chat.error.message}</p>}
      <form onSubmit={ask}>
        <input name="question" aria-label="Question" defaultValue="What is the weather in Paris?" required />
        <button disabled={chat.isThreadLoading}>Ask</button>
        {chat.isLoading && (
          <button type="button" onClick={() => void stop(chat)}>
            Stop
          </button>
        )}
      </form>
    </>
  );
}

const Said = ({ type, text }: { type: string; text: string }) => <p className={type}>{text}</p>;

const root = document.getElementById("root");
if (root) createRoot(root).render(<Page />);
