/**
 * Who watches which run in this process, for `on_disconnect: cancel`: a run whose watchers have all gone is abandoned. It is cancelled
 * after a grace, for a client that reconnects also leaves first (Agent Server API), or at once when another run waits behind it.
 * Works where the host tells of disconnects; must not guess elsewhere.
 */
import type { Ports } from "../ports.ts";
import { cancelRun } from "./end/cancel-run.ts";
import type { RunRef } from "./run-row.ts";
import { DISCONNECT_GRACE } from "./timings.ts";

/** How a body was over: read to its end, its client has gone, or it was cut by us. */
export type Closed = "ended" | "disconnected" | "cut";

interface Watched {
  ref: RunRef;
  readers: number;
  cancel: boolean;
  /** Present while the run is abandoned; aborted when somebody watches again. */
  grace?: AbortController;
}

export interface Watchers {
  /** Enters a watcher; what is returned is called once when it leaves. */
  enter: (ref: RunRef, cancel: boolean) => (how: Closed) => void;
  /** Ids of the thread's runs that are in their grace. */
  abandoned: (thread_id: string) => string[];
}

export function createWatchers(ports: Ports): Watchers {
  const runs = new Map<string, Watched>();

  const abandon = async (watched: Watched): Promise<void> => {
    const { run_id, thread_id } = watched.ref;
    const { signal } = (watched.grace = new AbortController());
    if (!(await isWaitedFor(ports, watched.ref))) await ports.clock.sleep(DISCONNECT_GRACE, signal);
    if (signal.aborted) return;
    runs.delete(run_id);
    ports.logger.info("nobody watches: run cancelled", { run_id, thread_id });
    await cancelRun(ports, watched.ref, "interrupt");
  };

  return {
    enter(ref, cancel) {
      const watched: Watched = runs.get(ref.run_id) ?? { ref, readers: 0, cancel: false };
      runs.set(ref.run_id, watched);
      watched.grace?.abort();
      delete watched.grace;
      watched.readers++;
      watched.cancel ||= cancel;
      return (how) => {
        watched.readers--;
        if (watched.readers > 0) return;
        if (how !== "disconnected" || !watched.cancel) runs.delete(ref.run_id);
        else
          abandon(watched).catch((error: unknown) =>
            ports.logger.warn("cancel after disconnect failed", { run_id: ref.run_id, error: String(error) }),
          );
      };
    },
    abandoned: (thread_id) =>
      [...runs.values()].filter((run) => run.grace && run.ref.thread_id === thread_id).map(({ ref }) => ref.run_id),
  };
}

/** Whether a later run of the thread has been created already: a client that stops and sends again may be noticed in this order. */
async function isWaitedFor({ threads, logger }: Ports, { thread_id, run_id }: RunRef): Promise<boolean> {
  try {
    const { active_run, queue = [] } = (await threads.get(thread_id)) ?? {};
    return active_run === run_id ? queue.length > 0 : queue.includes(run_id) && queue.at(-1) !== run_id;
  } catch (error) {
    logger.warn("not known whether a run waits for this one", { run_id, thread_id, error: String(error) });
    return false;
  }
}
