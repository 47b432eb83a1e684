/** A CheckpointStore for one request that reads nothing twice. It may answer with what has changed since, so nobody may write by it. */
import type { CheckpointHead, CheckpointStore } from "../../../core/checkpoint/checkpoint-port.ts";

export function readOnce(store: CheckpointStore): CheckpointStore {
  const listed = once(async (...args: Parameters<CheckpointStore["heads"]>) => {
    const heads: CheckpointHead[] = [];
    for await (const head of store.heads(...args)) heads.push(head);
    return heads;
  });
  return {
    ...store,
    head: once((...args: Parameters<CheckpointStore["head"]>) => store.head(...args)),
    writes: once((...args: Parameters<CheckpointStore["writes"]>) => store.writes(...args)),
    async *heads(thread_id, query) {
      // Without a limit the reader may stop long before the end.
      yield* query.limit === undefined ? store.heads(thread_id, query) : await listed(thread_id, query);
    },
  };
}

function once<A extends unknown[], T>(read: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (...args) => {
    const key = JSON.stringify(args);
    const reading = known.get(key) ?? read(...args);
    known.set(key, reading);
    return reading;
  };
}
