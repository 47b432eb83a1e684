/**
 * The thread that is open: its resources, and its log as it is followed. One connection for the whole thread, whatever is shown of it.
 * What was loaded stays when the server cannot be reached.
 */
import { computed, effect, signal } from "@preact/signals";
import type { Run } from "../functions/protocol/run.ts";
import type { Thread, ThreadState } from "../functions/protocol/thread.ts";
import { address } from "./address.ts";
import { type Connection, followThread } from "./api/follow-thread.ts";
import { ApiError, key, messageOf } from "./api/request.ts";
import { listRuns } from "./api/runs.ts";
import { getState, getThread } from "./api/threads.ts";
import { ThreadLog } from "./log/thread-log.ts";
import { LIVE_AFTER, STATE_EVERY } from "./timings.ts";

export const thread = signal<Thread | undefined>(undefined);
/** Newest first. */
export const runs = signal<Run[]>([]);
export const state = signal<ThreadState | undefined>(undefined);
export const connection = signal<Connection>("connecting");
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
  log.value = new ThreadLog();
  logVersion.value = 0;
}

async function openThread(thread_id: string, left: AbortSignal): Promise<void> {
  let frame = 0;
  const drawn = (): void => {
    frame = 0;
    logVersion.value += 1;
  };
  const refresh = throttled(() => refreshThread(thread_id, left), STATE_EVERY);
  refresh();
  const own = log.peek();
  const opened = Date.now();
  await followThread({
    thread_id,
    signal: left,
    onConnection(now) {
      if (left.aborted) return;
      // While it was away anything may have changed.
      if (now === "live") refresh();
      connection.value = now;
    },
    onEvents(events) {
      if (left.aborted) return;
      const now = Date.now();
      const growth = own.append(events, now - opened > LIVE_AFTER ? now : undefined);
      if (growth.changed || growth.stepped) refresh();
      frame ||= requestAnimationFrame(drawn);
    },
  });
}

/** Reads thread, runs and state again. */
async function refreshThread(thread_id: string, left: AbortSignal): Promise<void> {
  try {
    const [one, all, now] = await Promise.all([getThread(thread_id), listRuns(thread_id), getState(thread_id)]);
    if (left.aborted) return;
    thread.value = one;
    runs.value = all;
    state.value = now;
    problem.value = "";
    stateVersion.value += 1;
  } catch (error) {
    if (!left.aborted && !(error instanceof ApiError && error.status === 0)) problem.value = messageOf(error);
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
