/** A page of `useStream` of `@langchain/react`: a chat whose messages can be edited and said again. The driver is use-chat-page.ts. */
import type { Message } from "@langchain/langgraph-sdk";
import { useStream, type UseStreamReturn } from "@langchain/react";
import { useRef, useState } from "react";
import { createRoot } from "react-dom/client";

declare const API_URL: string;

type State = { messages: Message[] };

/** What the thread had stored before this message. The hook's own metadata (1.1) name the parent of the newest checkpoint. */
async function checkpointBefore(client: UseStreamReturn["client"], threadId: string, id: string | undefined) {
  const history = await client.threads.getHistory<State>(threadId, { limit: 100 });
  const first = history.findLast(({ values }) => values.messages?.some((message) => message.id === id));
  return first?.parent_checkpoint?.checkpoint_id ?? undefined;
}

function Chat() {
  const input = useRef<HTMLInputElement>(null);
  const [threadId, setThreadId] = useState(() => localStorage.getItem("thread"));
  const chat = useStream<State>({
    apiUrl: API_URL,
    assistantId: "talk",
    threadId,
    onThreadId: (id) => (localStorage.setItem("thread", id), setThreadId(id)),
  });
  const said = () => ({ messages: [{ type: "human" as const, content: input.current?.value ?? "" }] });
  const again = async (id: string | undefined, values: State | null) =>
    chat.submit(values, { forkFrom: await checkpointBefore(chat.client, threadId ?? "", id) });
  /** The hook knows the runs that it has started itself, not those that it has found. */
  const stop = async () => {
    await chat.stop();
    for (const { run_id } of await chat.client.runs.list(threadId ?? "", { status: "running" }))
      await chat.client.runs.cancel(threadId ?? "", run_id);
  };
  return (
    <>
      <ol>
        {chat.messages.map(({ id, type, text }) => (
          <li key={id} data-type={type}>
            <p>{text}</p>
            <button disabled={chat.isLoading} onClick={() => void again(id, type === "human" ? said() : null)}>
              {type === "human" ? "Edit" : "Regenerate"}
            </button>
          </li>
        ))}
      </ol>
      {chat.toolCalls.map(({ id, name }) => (
        <code key={id}>{name}</code>
      ))}
      <input ref={input} />
      <button onClick={() => void chat.submit(said())}>Send</button>
      {chat.isLoading && <button onClick={() => void stop()}>Stop</button>}
      {chat.interrupt && <button onClick={() => void chat.respond("yes")}>Approve</button>}
    </>
  );
}

const root = document.getElementById("root");
if (root) createRoot(root).render(<Chat />);
