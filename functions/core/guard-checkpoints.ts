/**
 * The checkpoint store as one claim may use it. Heads and task writes are put only after every event emitted so far is durable (model rule
 * eventsBeforeCheckpoint), and nothing is put once the claim is over. Puts and reads may be done twice, so unclear ones are repeated: a
 * table that does not answer for a moment must not fail a run. Must not know how heads are kept.
 */
import { setImmediate } from "node:timers/promises";
import type { CheckpointHead, CheckpointStore } from "./checkpoint-port.ts";
import type { LogWriter } from "./log-writer.ts";
import type { Clock } from "./ports.ts";
import { untilClear } from "./until-clear.ts";

/** Stops LangGraph at its next put; its outcome is not looked at, for the claim is over. */
class ClaimOver extends Error {
  override name = "ClaimOver";
}

export interface GuardedCheckpoints {
  store: CheckpointStore;
  /** Newest head put by this claim, of any namespace. */
  newest(): string | undefined;
  /** Resolves when no put of this claim is on its way to the store any more. */
  idle(): Promise<void>;
  /** False if a put failed without a clear answer: it may still arrive. */
  settled(): boolean;
}

export function guardCheckpoints(
  store: CheckpointStore,
  writer: LogWriter,
  clock: Clock,
  { over, temporary }: { over: AbortSignal; temporary: boolean },
): GuardedCheckpoints {
  let newest: string | undefined;
  let settled = true;
  const underWay = new Set<Promise<void>>();
  /** Task writes on their way, with the checkpoint of each. */
  const writing = new Map<Promise<void>, string>();
  /** Heads that have not arrived, of any namespace. */
  const heading = new Map<Promise<void>, string>();
  const assertOurs = () => {
    if (over.aborted) throw new ClaimOver("the claim of this run is over");
  };
  const repeated = <T>(call: () => Promise<T>): Promise<T> => untilClear(clock, call, over);
  const put = (call: () => Promise<void>): Promise<void> =>
    repeated(() => {
      assertOurs();
      const calling = call();
      underWay.add(calling);
      return calling
        .catch((error: unknown) => {
          settled = false;
          throw error;
        })
        .finally(() => underWay.delete(calling));
    });
  /** LangGraph emits the events of a superstep one turn of the event loop after its put has begun. */
  const flushed = async (): Promise<void> => {
    await setImmediate();
    if ((await writer.flush()) === "fenced") throw new ClaimOver("another worker owns this run");
  };
  /** A root head is proof that all writes to checkpoints before its parent have arrived: whoever recovers the run need not seal them. */
  const arrived = async ({ ns, parent_id = "" }: CheckpointHead): Promise<void> => {
    if (ns !== "") return;
    await before(writing, parent_id);
  };
  /** A head says that older ones are there: whoever closes the claim hides what is newer than the newest. */
  const putHead = async (head: CheckpointHead): Promise<void> => {
    await Promise.all([flushed(), arrived(head), before(heading, head.checkpoint_id)]);
    await put(() => store.putHead(temporary ? { ...head, temporary } : head));
    if (newest === undefined || head.checkpoint_id > newest) newest = head.checkpoint_id;
  };
  const guarded: CheckpointStore = {
    putHead: (head) => {
      const work = putHead(head);
      heading.set(work, head.checkpoint_id);
      return work.finally(() => heading.delete(work));
    },
    putWrites: (writes) => {
      const work = flushed().then(() => put(() => store.putWrites(temporary ? { ...writes, temporary } : writes)));
      writing.set(work, writes.checkpoint_id);
      return work.finally(() => writing.delete(work));
    },
    head: (...args) => repeated(() => store.head(...args)),
    exists: (...args) => repeated(() => store.exists(...args)),
    heads: (...args) => store.heads(...args),
    writes: (...args) => repeated(() => store.writes(...args)),
    newestOf: (...args) => store.newestOf(...args),
    close: (...args) => store.close(...args),
    seal: (...args) => store.seal(...args),
    remove: (...args) => store.remove(...args),
    removeUntil: (...args) => store.removeUntil(...args),
    copy: (...args) => store.copy(...args),
  };
  const idle = async (): Promise<void> => void (await Promise.allSettled(underWay));
  return { store: guarded, newest: () => newest, idle, settled: () => settled };
}

/** Resolves when everything for an older checkpoint than this is over. */
async function before(works: ReadonlyMap<Promise<void>, string>, checkpoint_id: string): Promise<void> {
  await Promise.allSettled([...works].flatMap(([work, id]) => (id < checkpoint_id ? work : [])));
}
