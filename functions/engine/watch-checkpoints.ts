/**
 * A CheckpointStore that tells what a run has written: its newest root head. After the run's end nothing passes: a node that does not
 * heed its signal may still be at work. Must not change what is stored.
 */
import type { CheckpointStore } from "../core/ports.ts";

export interface Watch {
  store: CheckpointStore;
  /** Id of the newest root checkpoint that was put; undefined if there was none. */
  head(): string | undefined;
  /** Whether a task of the root graph has stored an interrupt: some say so only here. */
  interrupted(): boolean;
  end(): void;
}

/** `onHead` is called after each root head of the thread has been put. */
export function watchCheckpoints(store: CheckpointStore, thread_id: string, onHead: () => void): Watch {
  let head: string | undefined;
  let interrupted = false;
  let ended = false;
  const alive = (): void => {
    if (ended) throw new Error("The run has ended; a node went on writing checkpoints.");
  };
  const watched: CheckpointStore = {
    async putHead(put) {
      alive();
      await store.putHead(put);
      if (put.ns !== "" || put.thread_id !== thread_id) return;
      head = put.checkpoint_id;
      onHead();
    },
    async putWrites(writes) {
      alive();
      if (writes.ns === "" && writes.writes.some(({ channel }) => channel === "__interrupt__")) interrupted = true;
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
  return {
    store: watched,
    head: () => head,
    interrupted: () => interrupted,
    end: () => {
      ended = true;
    },
  };
}
