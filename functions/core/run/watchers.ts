/**
 * Watches which runs have readers in this process, for `on_disconnect: cancel`. A run whose readers have all disconnected is abandoned. It
 * is cancelled after a grace, or at once when another run waits behind it (Agent Server API). Only where the host reports disconnects.
 */
import type { Ports } from "../ports.ts";
import { cancelRun } from "./end/cancel-run.ts";
import type { RunRef } from "./run-row.ts";
import { DISCONNECT_GRACE } from "./timings.ts";

/** How a body closed: read to its end, the client disconnected, or cut by us. */
export type Closed = "ended" | "disconnected" | "cut";

interface Watched {
  ref: RunRef;
  readers: number;
  cancel: boolean;
  /** Present while the run is abandoned; aborted when somebody watches again. */
  grace?: AbortController;
}

export interface Watchers {
  /** Registers a reader. Call the returned function once when it leaves. */
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

/** Whether a later run of the thread exists already: a client that stops and sends again may be noticed in this order. */
async function isWaitedFor({ threads, logger }: Ports, { thread_id, run_id }: RunRef): Promise<boolean> {
  try {
    const { active_run, queue = [] } = (await threads.get(thread_id)) ?? {};
    return active_run === run_id ? queue.length > 0 : queue.includes(run_id) && queue.at(-1) !== run_id;
  } catch (error) {
    logger.warn("not known whether a run waits for this one", { run_id, thread_id, error: String(error) });
    return false;
  }
}
