/** The port of threads as one request sees it. */
import { SEARCHED_THREADS } from "../thread/limits.ts";
import { TooMany } from "../thread/too-many.ts";
import type { ThreadListing, ThreadSummary } from "../thread/thread-listing.ts";
import type { Threads } from "../thread/thread-port.ts";
import { exactValue } from "./matches-filter.ts";
import { isInSight, type Scope, sightOf } from "./scope.ts";
import type { ThreadsInSight } from "./threads-in-sight.ts";

export function scopeThreads(threads: Threads, scope: Scope, sight: ThreadsInSight): Threads {
  return {
    get: async (thread_id) => sight.shown(await threads.get(thread_id)),
    async put(write, nonce) {
      const { thread_id } = write.row;
      if (write.seen !== undefined) await sight.demand(thread_id);
      const result = await threads.put(write, nonce);
      if (result === "put") sight.add(thread_id);
      // Another one's thread has the id.
      else await sight.demand(thread_id);
      return result;
    },
    getMany: async (thread_ids) => (await threads.getMany(thread_ids)).filter((row) => sight.shown(row) !== undefined),
    list: (query) => listInSight(threads, scope, query),
  };
}

/** With an owner in the filter, only the owner's threads are read, in the order of their index. */
async function* listInSight(
  threads: ThreadListing,
  scope: Scope,
  query: Parameters<ThreadListing["list"]>[0],
): AsyncGenerator<ThreadSummary[]> {
  const sight = sightOf(scope, "threads");
  const owner = sight.kind === "filter" ? exactValue(sight.filter, "owner") : undefined;
  const narrowed = query.by === "updated_at" && query.owner === undefined && typeof owner === "string" ? { owner } : {};
  let searched = 0;
  for await (const some of threads.list({ ...query, ...narrowed })) {
    searched += some.length;
    if (searched > SEARCHED_THREADS) throw new TooMany(SEARCHED_THREADS, "would have to be looked at");
    yield some.filter(({ metadata }) => isInSight(sight, metadata));
  }
}
