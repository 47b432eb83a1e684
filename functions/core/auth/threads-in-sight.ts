/** Which threads one request may touch: those in its sight, and ids that no thread has. What was seen once is not read again. */
import type { Threads } from "../thread/thread-port.ts";
import type { ThreadRow } from "../thread/thread-row.ts";
import { isInSight, OutOfSight, type Scope, sightOf } from "./scope.ts";

export interface ThreadsInSight {
  /** The row, undefined for one that is not in sight. What is left of a deleted thread is nobody's. */
  shown: (row: ThreadRow | undefined) => ThreadRow | undefined;
  /** The thread is the request's own: it has made it. */
  add: (thread_id: string) => void;
  /** @throws OutOfSight */
  demand: (thread_id: string) => Promise<void>;
}

export function threadsInSight(threads: Pick<Threads, "get">, scope: Scope): ThreadsInSight {
  const seen = new Set<string>();
  const shown = (row: ThreadRow | undefined): ThreadRow | undefined => {
    const sight = sightOf(scope, "threads");
    if (!row || isTombstone(row)) return row;
    if (!isInSight(sight, row.metadata)) return undefined;
    seen.add(row.thread_id);
    return row;
  };
  return {
    shown,
    add: (thread_id) => void seen.add(thread_id),
    async demand(thread_id) {
      if (seen.has(thread_id)) return;
      const row = await threads.get(thread_id);
      if (row && !shown(row)) throw new OutOfSight(`thread ${thread_id}`);
    },
  };
}

/** Runs without a thread are read after their thread has gone, which is still theirs. */
const isTombstone = ({ deleted, expired, temporary }: ThreadRow): boolean => deleted && !expired && !temporary;
