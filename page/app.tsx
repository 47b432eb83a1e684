/** The whole page: the list of threads, and the thread that is open. */
import { address, linkTo } from "./address.ts";
import { locked } from "./api/request.ts";
import { connection } from "./open-thread.ts";
import { KeyForm } from "./panes/key-form.tsx";
import { StartPane } from "./panes/start-pane.tsx";
import { ThreadPane } from "./panes/thread-pane.tsx";
import { ThreadsPane } from "./panes/threads-pane.tsx";

const CONNECTIONS = {
  connecting: "connecting …",
  live: "live",
  offline: "offline: what was loaded stays, and the stream goes on where it was",
  gone: "",
};

export function App() {
  if (locked.value) return <KeyForm />;
  const { thread, isNew } = address.value;
  const isOpen = thread !== undefined || isNew;
  return (
    <div class={`app ${isOpen ? "open" : ""}`}>
      <button type="button" class="skip" onClick={() => document.getElementById("main")?.focus()}>
        Skip to the thread
      </button>
      <header>
        <a class="brand" href={linkTo({ thread: undefined, run: undefined, isNew: false })}>
          Threadline
        </a>
        {thread !== undefined && (
          <span class={`connection ${connection.value}`} role="status">
            {CONNECTIONS[connection.value]}
          </span>
        )}
        <a class="button" href={linkTo({ isNew: true })}>
          New run
        </a>
      </header>
      <ThreadsPane />
      <main id="main" tabIndex={-1}>
        {isNew ? (
          <StartPane />
        ) : thread === undefined ? (
          <div class="empty">
            <h1>Threads and runs</h1>
            <p class="faint">Choose a thread, or start a run.</p>
          </div>
        ) : (
          <ThreadPane />
        )}
      </main>
    </div>
  );
}
