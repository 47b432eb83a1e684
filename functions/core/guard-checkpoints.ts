/**
 * The checkpoint store as one claim may use it: a head is put only after every event emitted so far is durable (model rule
 * eventsBeforeCheckpoint), and nothing is put once the claim is over. What is unclear is repeated, for all of it may be done twice: a table
 * that does not answer for a moment must not fail a run. Must not know how heads are kept.
 */
import { setImmediate } from "node:timers/promises";
import type { CheckpointStore } from "./checkpoint-port.ts";
import type { LogWriter } from "./log-writer.ts";
import type { Clock } from "./ports.ts";
import { APPEND_RETRY, STORE_TRIES } from "./timings.ts";

export class ClaimOver extends Error {
  override name = "ClaimOver";
}

export interface GuardedCheckpoints {
  store: CheckpointStore;
  /** Newest head put by this claim, of any namespace. */
  newest(): string | undefined;
}

export function guardCheckpoints(
  store: CheckpointStore,
  writer: LogWriter,
  clock: Clock,
  over: AbortSignal,
): GuardedCheckpoints {
  let newest: string | undefined;
  const assertOurs = () => {
    if (over.aborted) throw new ClaimOver("the claim of this run is over");
  };
  const untilClear = async <T>(call: () => Promise<T>): Promise<T> => {
    for (let tries = 1; ; tries++) {
      try {
        return await call();
      } catch (error) {
        if (tries === STORE_TRIES || over.aborted) throw error;
        await clock.sleep(APPEND_RETRY, over);
      }
    }
  };
  const put = (call: () => Promise<void>): Promise<void> =>
    untilClear(() => {
      assertOurs();
      return call();
    });
  const guarded: CheckpointStore = {
    putHead: async (head) => {
      // The graph's events of this superstep reach us one turn of the event loop after its put begins.
      await setImmediate();
      if ((await writer.flush()) === "fenced") throw new ClaimOver("another worker owns this run");
      await put(() => store.putHead(head));
      if (newest === undefined || head.checkpoint_id > newest) newest = head.checkpoint_id;
    },
    putWrites: (writes) => put(() => store.putWrites(writes)),
    head: (...args) => untilClear(() => store.head(...args)),
    heads: (...args) => store.heads(...args),
    writes: (...args) => untilClear(() => store.writes(...args)),
    newestOf: (...args) => store.newestOf(...args),
    close: (...args) => store.close(...args),
    remove: (...args) => store.remove(...args),
    removeUntil: (...args) => store.removeUntil(...args),
    copy: (...args) => store.copy(...args),
  };
  return { store: guarded, newest: () => newest };
}
