/** The ports of runs and of their log as one request sees them: those of the threads in its sight. */
import type { ThreadLog } from "../log/log-port.ts";
import type { Runs } from "../run/run-ports.ts";
import type { ThreadsInSight } from "./threads-in-sight.ts";

/** `findKey`, `threadOf` and `due` tell ids alone: what they name is loaded before anything is shown of it. */
export function scopeRuns(runs: Runs, { shown, add, demand }: ThreadsInSight): Runs {
  return {
    async create(transaction) {
      const { thread_id } = transaction.run;
      if (transaction.thread.seen !== undefined) await demand(thread_id);
      const result = await runs.create(transaction);
      if (result === "created") add(thread_id);
      // Another one's thread has the id.
      else await demand(thread_id);
      return result;
    },
    findKey: (key, now) => runs.findKey(key, now),
    threadOf: (run_id) => runs.threadOf(run_id),
    due: (now) => runs.due(now),
    async load(ref, options) {
      const loaded = await runs.load(ref, options);
      const isHidden = loaded.thread !== undefined && shown(loaded.thread) === undefined;
      return isHidden ? { thread: undefined, run: undefined } : loaded;
    },
    get: (ref) => demand(ref.thread_id).then(() => runs.get(ref)),
    list: (thread_id, onSpoilt) => demand(thread_id).then(() => runs.list(thread_id, onSpoilt)),
    admit: (transaction) => demand(transaction.run.thread_id).then(() => runs.admit(transaction)),
    claim: (seen, update) => demand(seen.thread_id).then(() => runs.claim(seen, update)),
    extend: (ref, owner, update) => demand(ref.thread_id).then(() => runs.extend(ref, owner, update)),
    release: (ref, owner, update) => demand(ref.thread_id).then(() => runs.release(ref, owner, update)),
    markSent: (seen, update) => demand(seen.thread_id).then(() => runs.markSent(seen, update)),
    requestCancel: (ref, intent) => demand(ref.thread_id).then(() => runs.requestCancel(ref, intent)),
    finish: (transaction) => demand(transaction.run.thread_id).then(() => runs.finish(transaction)),
    endQueued: (end) => demand(end.run.thread_id).then(() => runs.endQueued(end)),
    remove: (removal) => demand(removal.run.thread_id).then(() => runs.remove(removal)),
    purge: (thread_id, gen) => demand(thread_id).then(() => runs.purge(thread_id, gen)),
  };
}

/** `changed` tells nothing of what is in the log. */
export function scopeLog(log: ThreadLog, { demand }: ThreadsInSight): ThreadLog {
  return {
    append: (thread_id, slot) => demand(thread_id).then(() => log.append(thread_id, slot)),
    read: (thread_id, after, options) => demand(thread_id).then(() => log.read(thread_id, after, options)),
    tail: (thread_id) => demand(thread_id).then(() => log.tail(thread_id)),
    changed: (thread_id, after, ms, signal) => log.changed(thread_id, after, ms, signal),
  };
}
