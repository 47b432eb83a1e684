/** A page of `useStream`: a chat whose messages can be edited and said again, in branches. The driver is use-chat-page.ts. */
import type { Message } from "@langchain/langgraph-sdk";
import { useStream } from "@langchain/langgraph-sdk/react";
import { useRef, useState } from "react";
import { createRoot } from "react-dom/client";

declare const API_URL: string;

function Chat() {
  const [threadId, setThreadId] = useState(() => localStorage.getItem("thread"));
  const input = useRef<HTMLInputElement>(null);
  const chat = useStream<{ messages: Message[] }>({
    apiUrl: API_URL,
    assistantId: "talk",
    threadId,
    onThreadId: (id) => (localStorage.setItem("thread", id), setThreadId(id)),
    reconnectOnMount: () => localStorage,
    fetchStateHistory: { limit: 100 },
  });
  const said = () => ({ messages: [{ type: "human" as const, content: input.current?.value ?? "" }] });
  /** Known once the history was read after a run. */
  const before = (message: Message) => chat.getMessagesMetadata(message)?.firstSeenState?.parent_checkpoint;
  return (
    <>
      <ol>
        {chat.messages.map((message, index) => {
          const { branch = "", branchOptions = [] } = chat.getMessagesMetadata(message, index) ?? {};
          const at = branchOptions.indexOf(branch);
          const goTo = (to: number) => chat.setBranch(branchOptions[to] ?? "");
          return (
            <li key={message.id} data-type={message.type}>
              <p>{typeof message.content === "string" && message.content}</p>
              {message.type === "ai" && message.tool_calls?.map((call) => <code key={call.id}>{call.name}</code>)}
              <button
                disabled={chat.isLoading || !before(message)}
                onClick={() =>
                  void chat.submit(message.type === "human" ? said() : undefined, { checkpoint: before(message) })
                }
              >
                {message.type === "human" ? "Edit" : "Regenerate"}
              </button>
              {branchOptions.length > 0 && (
                <>
                  <small>{`${at + 1} of ${branchOptions.length}`}</small>
                  <button onClick={() => goTo(at - 1)}>Previous</button>
                </>
              )}
            </li>
          );
        })}
      </ol>
      <input ref={input} />
      <button onClick={() => void chat.submit(said())}>Send</button>
      {chat.isLoading && <button onClick={() => void chat.stop()}>Stop</button>}
      {chat.interrupt && (
        <button onClick={() => void chat.submit(null, { command: { resume: "yes" } })}>Approve</button>
      )}
    </>
  );
}

const root = document.getElementById("root");
if (root) createRoot(root).render(<Chat />);
