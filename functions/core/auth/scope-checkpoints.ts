/** The ports of checkpoints and of what graphs make of them, as one request sees them: those of the threads in its sight. */
import type { CheckpointHead, CheckpointStore, HeadQuery } from "../checkpoint/checkpoint-port.ts";
import type { StateUpdates } from "../checkpoint/update-port.ts";
import type { Engine } from "../run/execute/engine-port.ts";
import type { ThreadsInSight } from "./threads-in-sight.ts";

export function scopeCheckpoints(kept: CheckpointStore, { demand }: ThreadsInSight): CheckpointStore {
  async function* heads(thread_id: string, query: HeadQuery): AsyncGenerator<CheckpointHead> {
    await demand(thread_id);
    yield* kept.heads(thread_id, query);
  }
  return {
    heads,
    putHead: (head) => demand(head.thread_id).then(() => kept.putHead(head)),
    putWrites: (writes) => demand(writes.thread_id).then(() => kept.putWrites(writes)),
    head: (thread_id, ns, id) => demand(thread_id).then(() => kept.head(thread_id, ns, id)),
    exists: (thread_id, ns, id) => demand(thread_id).then(() => kept.exists(thread_id, ns, id)),
    writes: (thread_id, ns, id) => demand(thread_id).then(() => kept.writes(thread_id, ns, id)),
    newestOf: (thread_id, log_start) => demand(thread_id).then(() => kept.newestOf(thread_id, log_start)),
    close: (thread_id, closing) => demand(thread_id).then(() => kept.close(thread_id, closing)),
    seal: (thread_id, closing) => demand(thread_id).then(() => kept.seal(thread_id, closing)),
    remove: (thread_id, log_start) => demand(thread_id).then(() => kept.remove(thread_id, log_start)),
    removeUntil: (thread_id, slot) => demand(thread_id).then(() => kept.removeUntil(thread_id, slot)),
    removeOlder: (thread_id) => demand(thread_id).then(() => kept.removeOlder(thread_id)),
    removeUnreferenced: (thread_id, slot) => demand(thread_id).then(() => kept.removeUnreferenced(thread_id, slot)),
    measure: (thread_id) => demand(thread_id).then(() => kept.measure(thread_id)),
    copy: (from, to) => Promise.all([demand(from), demand(to)]).then(() => kept.copy(from, to)),
  };
}

export function scopeUpdates(updates: StateUpdates, { add, demand }: ThreadsInSight): StateUpdates {
  return {
    async commit(update) {
      const { thread_id } = update.thread.row;
      await demand(thread_id);
      const result = await updates.commit(update);
      if (result === "committed") add(thread_id);
      return result;
    },
  };
}

/** What an engine reads of threads. It has ports of its own. */
export function scopeReads(engine: Engine, { demand }: ThreadsInSight) {
  return {
    values: (thread_id, head) => demand(thread_id).then(() => engine.values(thread_id, head)),
    state: (query) => demand(query.thread_id).then(() => engine.state(query)),
    history: (query) => demand(query.thread_id).then(() => engine.history(query)),
    update: (request, store) => demand(request.thread_id).then(() => engine.update(request, store)),
  } satisfies Partial<Engine>;
}
