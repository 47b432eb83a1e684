/** The list of threads, with status and search. */
import type { ThreadStatus } from "../../functions/protocol/thread.ts";
import { address, linkTo } from "../address.ts";
import { Ago } from "../parts/show-time.tsx";
import { Status } from "../parts/status.tsx";
import { hasMore, listProblem, search, showMore, status, threads } from "../threads-list.ts";
import { nameText } from "../visible-text.ts";

const THREAD_STATUSES: readonly ThreadStatus[] = ["idle", "busy", "interrupted", "error"];

export function ThreadsPane() {
  const list = threads.value;
  return (
    <nav class="threads" aria-label="Threads">
      <div class="filter">
        <input
          id="search"
          type="search"
          aria-label="Search: a thread's id, a graph, or key=value of metadata"
          placeholder="Graph, id or key=value"
          value={search.value}
          onInput={({ currentTarget }) => (search.value = currentTarget.value)}
        />
        <select
          aria-label="Status"
          value={status.value ?? ""}
          onChange={({ currentTarget }) => (status.value = THREAD_STATUSES.find((one) => one === currentTarget.value))}
        >
          <option value="">all</option>
          {THREAD_STATUSES.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </div>
      {listProblem.value && (
        <p class="problem" role="alert">
          {listProblem.value}
        </p>
      )}
      {list?.length === 0 && <p class="faint">No thread {search.value || status.value ? "like this" : "yet"}.</p>}
      <ul>
        {list?.map(({ thread_id, status: is, updated_at, metadata }) => (
          <li key={thread_id}>
            <a
              href={linkTo({ thread: thread_id, run: undefined, isNew: false })}
              aria-current={thread_id === address.value.thread ? "page" : undefined}
            >
              <span class="name">{nameText(metadata["graph_id"] ?? "no graph")}</span>
              <Ago iso={updated_at} />
              <code>{thread_id.slice(-12)}</code>
              <Status of={is} />
            </a>
          </li>
        ))}
      </ul>
      {hasMore.value && (
        <button type="button" onClick={showMore}>
          More
        </button>
      )}
    </nav>
  );
}
