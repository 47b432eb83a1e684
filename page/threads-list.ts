/** The threads of the list: newest change first, by status, searched by id, metadata or graph; asked for again while the page is seen. */
import { effect, signal } from "@preact/signals";
import type { ThreadStatus } from "../functions/protocol/thread.ts";
import { isUuid } from "./address.ts";
import { key, locked, messageOf } from "./api/request.ts";
import { type ListedThread, searchThreads, type ThreadQuery } from "./api/threads.ts";
import { LISTED_THREADS } from "./limits.ts";
import { stateVersion } from "./open-thread.ts";
import { LIST_EVERY, TYPED_AFTER } from "./timings.ts";

export const status = signal<ThreadStatus | undefined>(undefined);
export const search = signal("");
export const threads = signal<ListedThread[] | undefined>(undefined);
export const hasMore = signal(false);
export const listProblem = signal("");
/** Threads beyond the first that somebody wants to see. */
const more = signal(0);

export const showMore = (): void => void (more.value += LISTED_THREADS);

/** `key=value` is metadata, a UUID a thread, anything else the name of a graph. */
export function queryOf(text: string): Omit<ThreadQuery, "limit" | "offset"> {
  const wanted = text.trim();
  if (wanted === "") return {};
  if (isUuid(wanted)) return { ids: [wanted] };
  const [name = "", value] = wanted.split(/[=:]\s*/, 2);
  return { metadata: value === undefined ? { graph_id: name } : { [name.trim()]: value } };
}

/** Reads the list now, at each change of the filter, and again and again while the page is seen. */
export function followThreads(): () => void {
  return effect(() => {
    const asked = { ...queryOf(search.value), ...(status.value && { status: status.value }) };
    const limit = LISTED_THREADS + more.value;
    void key.value;
    // A run of the open thread has begun or ended.
    void stateVersion.value;
    const leave = new AbortController();
    const read = async (): Promise<void> => {
      if (document.hidden || locked.peek()) return;
      try {
        const found = await searchThreads({ ...asked, limit: limit + 1, offset: 0 }, leave.signal);
        threads.value = found.slice(0, limit);
        hasMore.value = found.length > limit;
        listProblem.value = "";
      } catch (error) {
        if (!leave.signal.aborted) listProblem.value = messageOf(error);
      }
    };
    const first = setTimeout(() => void read(), TYPED_AFTER);
    const timer = setInterval(() => void read(), LIST_EVERY);
    const seen = (): void => void read();
    document.addEventListener("visibilitychange", seen);
    return () => {
      leave.abort();
      clearTimeout(first);
      clearInterval(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  });
}
