/** The whole page: the list of threads, and the thread that is open. */
import { address, linkTo } from "./address.ts";
import { locked } from "./api/request.ts";
import { connection } from "./open-thread.ts";
import { KeyForm } from "./panes/key-form.tsx";
import { NoThread } from "./panes/no-thread.tsx";
import { StartPane } from "./panes/start-pane.tsx";
import { ThreadPane } from "./panes/thread-pane.tsx";
import { ThreadsPane } from "./panes/threads-pane.tsx";
import { ConnectionLine } from "./parts/connection-line.tsx";

export function App() {
  return (
    <>
      {locked.value && <KeyForm />}
      <Rooms />
    </>
  );
}

/** What was written into a form is still there when a key that was changed has been given anew. */
function Rooms() {
  const { thread, noThread, isNew } = address.value;
  const isOpen = thread !== undefined || noThread !== undefined || isNew;
  return (
    <div class={`app ${isOpen ? "open" : ""}`} hidden={locked.value}>
      <button type="button" class="skip" onClick={() => document.getElementById("main")?.focus()}>
        Skip to the thread
      </button>
      <header>
        <a class="brand" href={linkTo({ thread: undefined, run: undefined, isNew: false })}>
          Threadline
        </a>
        {thread !== undefined && <ConnectionLine of={connection.value} />}
        <a class="button" href={linkTo({ isNew: true })}>
          New run
        </a>
      </header>
      <ThreadsPane />
      <main id="main" tabIndex={-1}>
        {isNew ? (
          <StartPane />
        ) : thread !== undefined ? (
          <ThreadPane />
        ) : noThread !== undefined ? (
          <NoThread id={noThread} why="This is no id of a thread: those are UUIDs." />
        ) : (
          <div class="empty">
            <h1>Threads and runs</h1>
            <p class="faint">Choose a thread, or start a run.</p>
          </div>
        )}
      </main>
    </div>
  );
}
