/**
 * Heartbeats while the event loop of this process is blocked: a thread watches the loop and extends leases when it does not turn (design
 * 4.3). The first run starts the thread, which costs 10 MB; it loads its client only when it has to extend a lease.
 */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Env } from "../aws/env.ts";
import type { Logger } from "../core/ports.ts";
import type { Pacemaker } from "../core/run/run-ports.ts";
import type { RunRef } from "../core/run/run-row.ts";
import { LOOP_TURN } from "../core/run/timings.ts";

export interface PacemakerThread {
  env: Env;
  /** Goes up while the loop turns. */
  turns: Int32Array<SharedArrayBuffer>;
}

/** Message to the thread. `ms`: how long the lease may be held for a blocked loop, from now. */
export type PacemakerMessage =
  | { kind: "hold"; run: RunRef; owner: string; ms: number }
  | { kind: "release"; owner: string };

/** A file of `functions/` beside this one, as source and as a bundle. */
export const besides = (name: string): URL => new URL(`${name}${extname(import.meta.url)}`, import.meta.url);

export interface PacemakerOptions {
  env: Env;
  logger: Logger;
  /** Ends the thread; without it, it ends with the process. */
  stopping?: AbortSignal | undefined;
}

export function createPacemaker({ env, logger, stopping }: PacemakerOptions): Pacemaker {
  const turns = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  let thread: Worker | undefined;
  let held = 0;
  let turning: NodeJS.Timeout | undefined;

  const start = (): Worker => {
    const workerData: PacemakerThread = { env, turns };
    const started = new Worker(besides("pacemaker-thread"), { workerData, execArgv: [] });
    started.unref();
    started.on("error", (error) => {
      thread = undefined;
      logger.warn("no heartbeats while the event loop is blocked", { error: String(error) });
    });
    stopping?.addEventListener("abort", () => void started.terminate(), { once: true });
    return started;
  };
  const post = (message: PacemakerMessage): void => thread?.postMessage(message, []);

  return {
    hold(run, owner, ms) {
      if (stopping?.aborted) return () => undefined;
      thread ??= start();
      turning ??= setInterval(() => Atomics.add(turns, 0, 1), LOOP_TURN).unref();
      held++;
      post({ kind: "hold", run, owner, ms });
      return () => {
        post({ kind: "release", owner });
        if (--held > 0) return;
        clearInterval(turning);
        turning = undefined;
      };
    },
  };
}
