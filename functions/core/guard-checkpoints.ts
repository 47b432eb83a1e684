/**
 * The checkpoint store as one claim may use it: a head is put only after every event emitted so far is durable (model rule
 * eventsBeforeCheckpoint), and nothing is put once the claim is over. Must not know how heads are kept.
 */
import { setImmediate } from "node:timers/promises";
import type { LogWriter } from "./log-writer.ts";
import type { CheckpointStore } from "./checkpoint-port.ts";

export class ClaimOver extends Error {
  override name = "ClaimOver";
}

export interface GuardedCheckpoints {
  store: CheckpointStore;
  /** Newest head put by this claim, of any namespace. */
  newest(): string | undefined;
}

export function guardCheckpoints(store: CheckpointStore, writer: LogWriter, over: AbortSignal): GuardedCheckpoints {
  let newest: string | undefined;
  const assertOurs = () => {
    if (over.aborted) throw new ClaimOver("the claim of this run is over");
  };
  const guarded: CheckpointStore = {
    putHead: async (head) => {
      // The graph's events of this superstep reach us one turn of the event loop after its put begins.
      await setImmediate();
      if ((await writer.flush()) === "fenced") throw new ClaimOver("another worker owns this run");
      assertOurs();
      await store.putHead(head);
      if (newest === undefined || head.checkpoint_id > newest) newest = head.checkpoint_id;
    },
    putWrites: async (writes) => {
      assertOurs();
      await store.putWrites(writes);
    },
    head: (...args) => store.head(...args),
    heads: (...args) => store.heads(...args),
    writes: (...args) => store.writes(...args),
    newestOf: (...args) => store.newestOf(...args),
    close: (...args) => store.close(...args),
    remove: (...args) => store.remove(...args),
    copy: (...args) => store.copy(...args),
  };
  return { store: guarded, newest: () => newest };
}
