/**
 * Who watches which run in this process, for `on_disconnect: cancel`: a run whose watchers have all gone is cancelled after a grace, since
 * a client that reconnects has gone first, too (Agent Server API). Works where the host tells of disconnects; must not guess elsewhere.
 */
import { cancelRun } from "../core/cancel-run.ts";
import type { Ports } from "../core/ports.ts";
import type { RunRef } from "../core/rows.ts";
import { DISCONNECT_GRACE } from "../core/timings.ts";
import type { Closed } from "./open-body.ts";

interface Watched {
  readers: number;
  cancel: boolean;
}

/** Enters a watcher; what is returned is called once when it leaves. */
export type Watchers = (ref: RunRef, cancel: boolean) => (how: Closed) => void;

export function createWatchers(ports: Ports): Watchers {
  const runs = new Map<string, Watched>();

  const cancelLater = async (ref: RunRef, watched: Watched) => {
    await ports.clock.sleep(DISCONNECT_GRACE);
    if (watched.readers > 0 || runs.get(ref.run_id) !== watched) return;
    runs.delete(ref.run_id);
    ports.logger.info("nobody watches: run cancelled", { run_id: ref.run_id, thread_id: ref.thread_id });
    await cancelRun(ports, ref, "interrupt");
  };

  return (ref, cancel) => {
    const watched = runs.get(ref.run_id) ?? { readers: 0, cancel: false };
    runs.set(ref.run_id, watched);
    watched.readers++;
    watched.cancel ||= cancel;
    return (how) => {
      watched.readers--;
      if (watched.readers > 0) return;
      if (how !== "gone" || !watched.cancel) runs.delete(ref.run_id);
      else
        cancelLater(ref, watched).catch((error: unknown) =>
          ports.logger.warn("cancel after disconnect failed", { run_id: ref.run_id, error: String(error) }),
        );
    };
  };
}
