/**
 * The thread that is open: its resources, and its log as it is followed. One connection for the whole thread, whatever is shown of it.
 * What was loaded stays when the server cannot be reached.
 */
import { computed, effect, signal } from "@preact/signals";
import type { Run } from "../functions/protocol/run.ts";
import type { Thread } from "../functions/protocol/thread.ts";
import { address } from "./address.ts";
import { type Connection, followThread } from "./api/follow-thread.ts";
import { ApiError, key, messageOf } from "./api/request.ts";
import { listRuns } from "./api/runs.ts";
import { serverNow } from "./api/server-clock.ts";
import { getListedState, getThread } from "./api/threads.ts";
import type { ListedState } from "./listed-state.ts";
import { ThreadLog } from "./log/thread-log.ts";
import { ASKED_AGAIN_AFTER, LIVE_AFTER, STATE_EVERY } from "./timings.ts";

export const thread = signal<Thread | undefined>(undefined);
/** Newest first. */
export const runs = signal<Run[]>([]);
/** The newest, without its values: panes that show those ask for them. */
export const state = signal<ListedState | undefined>(undefined);
export const connection = signal<Connection>({ kind: "connecting" });
export const problem = signal("");
export const log = signal(new ThreadLog());
/** Goes up when the log has grown: at most once in a frame. */
export const logVersion = signal(0);
/** Goes up when a checkpoint may be new. */
export const stateVersion = signal(0);

export const selectedRun = computed(() => {
  const { run } = address.value;
  return runs.value.find(({ run_id }) => run_id === run) ?? runs.value[0];
});

/** Follows the thread of the address from now on, with the key that is valid. */
export const followAddress = (): (() => void) => {
  const id = computed(() => address.value.thread);
  return effect(() => {
    const thread_id = id.value;
    // Another key may see what this one does not.
    void key.value;
    reset();
    if (thread_id === undefined) return undefined;
    const leave = new AbortController();
    void openThread(thread_id, leave.signal);
    return () => leave.abort();
  });
};

function reset(): void {
  thread.value = undefined;
  runs.value = [];
  state.value = undefined;
  problem.value = "";
  connection.value = { kind: "connecting" };
  log.value = new ThreadLog();
  logVersion.value = 0;
}

async function openThread(thread_id: string, left: AbortSignal): Promise<void> {
  let frame = 0;
  const drawn = (): void => {
    frame = 0;
    logVersion.value += 1;
  };
  const refresh = throttled(async () => {
    const pause = await refreshThread(thread_id, left);
    if (pause !== undefined && !left.aborted) setTimeout(refresh, pause);
  }, STATE_EVERY);
  refresh();
  const own = log.peek();
  const opened = Date.now();
  await followThread({
    thread_id,
    signal: left,
    onConnection(now) {
      if (left.aborted) return;
      // While it was away anything may have changed.
      if (now.kind === "live") refresh();
      connection.value = now;
    },
    onEvents(events) {
      if (left.aborted) return;
      const growth = own.append(events, Date.now() - opened > LIVE_AFTER ? serverNow() : undefined);
      if (growth.changed || growth.stepped) refresh();
      frame ||= requestAnimationFrame(drawn);
    },
  });
}

/** Reads thread, runs and state again. @returns ms after which to try again, if it failed and may work then */
async function refreshThread(thread_id: string, left: AbortSignal): Promise<number | undefined> {
  if (left.aborted) return undefined;
  try {
    const [one, all, now] = await Promise.all([getThread(thread_id), listRuns(thread_id), getListedState(thread_id)]);
    if (left.aborted) return undefined;
    thread.value = one;
    runs.value = all;
    state.value = now;
    problem.value = "";
    stateVersion.value += 1;
    return undefined;
  } catch (error) {
    if (left.aborted) return undefined;
    // That the server is away, or the thread gone, is told by the connection.
    const isTold = error instanceof ApiError && [0, 401, 404].includes(error.status);
    problem.value = isTold ? "" : messageOf(error);
    return error instanceof ApiError && error.isPassing ? (error.retryAfter ?? ASKED_AGAIN_AFTER) : undefined;
  }
}

/** Now, then at most once in `ms`; the last call is never lost. */
function throttled(work: () => Promise<void>, ms: number): () => void {
  let phase: "rests" | "works" | "wanted" = "rests";
  const go = async (): Promise<void> => {
    phase = "works";
    await work();
    setTimeout(() => {
      const again = phase === "wanted";
      phase = "rests";
      if (again) void go();
    }, ms);
  };
  return () => {
    if (phase === "rests") void go();
    else phase = "wanted";
  };
}
