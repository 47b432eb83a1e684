/**
 * The checkpoint store as one claim may use it. Heads and task writes are put only after all earlier events are durable (model rule
 * eventsBeforeCheckpoint). Nothing is put once the claim is over. Puts and reads are idempotent, so unclear ones are repeated.
 */
import type { OrderedEvents, CheckpointInThread } from "../log/order-events.ts";
import type { Clock } from "../ports.ts";
import { untilClear } from "../failure/retry.ts";
import type { CheckpointHead, CheckpointStore, TaskWrites } from "./checkpoint-port.ts";

/** Stops LangGraph at its next put. The claim is over, so nobody reads the outcome. */
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
  events: OrderedEvents,
  clock: Clock,
  { over, temporary }: { over: AbortSignal; temporary: boolean },
): GuardedCheckpoints {
  let newest: string | undefined;
  let settled = true;
  const underWay = new Set<Promise<void>>();
  /** Task writes on their way, with the checkpoint of each. */
  const writing = new Map<Promise<void>, string>();
  /** Heads that have not arrived, of any namespace. */
  const heading = new Map<Promise<void>, CheckpointHead>();
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
  const flushed = async (head?: CheckpointInThread): Promise<void> => {
    if ((await events.flushBefore(head)) === "fenced") throw new ClaimOver("another worker owns this run");
  };
  /**
   * When a root head is stored, all writes to checkpoints before its parent are stored, too. So whoever recovers the run need not seal
   * them.
   */
  const arrived = async ({ ns, parent_id = "" }: CheckpointHead): Promise<void> => {
    if (ns !== "") return;
    await Promise.allSettled([...writing].flatMap(([work, id]) => (id < parent_id ? work : [])));
  };
  const olderHeads = (head: CheckpointHead): Promise<unknown> =>
    Promise.allSettled([...heading].flatMap(([work, { checkpoint_id: id }]) => (id < head.checkpoint_id ? work : [])));
  /** Writes count only once their head is stored, and LangGraph may still be putting heads, one after the other. */
  const withHead = async (work: Promise<void>, { ns, checkpoint_id }: TaskWrites): Promise<void> => {
    await work;
    const isOnTheWay = (head: CheckpointHead): boolean => head.ns === ns && head.checkpoint_id <= checkpoint_id;
    for (;;) {
      const heads = [...heading].flatMap(([putting, head]) => (isOnTheWay(head) ? putting : []));
      if (heads.length === 0) return;
      await Promise.all(heads);
      await clock.turn();
    }
  };
  /** Heads are put in order: whoever closes the claim hides every head above the newest one found. */
  const putHead = async (head: CheckpointHead): Promise<void> => {
    await Promise.all([flushed(head), arrived(head), olderHeads(head)]);
    await put(() => store.putHead(temporary ? { ...head, temporary } : head));
    if (newest === undefined || head.checkpoint_id > newest) newest = head.checkpoint_id;
  };
  const putWrites = async (writes: TaskWrites): Promise<void> => {
    await flushed();
    await put(() => store.putWrites(temporary ? { ...writes, temporary } : writes));
  };
  const guarded: CheckpointStore = {
    ...store,
    putHead: (head) => {
      const work = putHead(head);
      heading.set(work, head);
      return work.finally(() => heading.delete(work));
    },
    putWrites: (writes) => {
      const work = putWrites(writes);
      events.storing(writes, withHead(work, writes));
      writing.set(work, writes.checkpoint_id);
      return work.finally(() => writing.delete(work));
    },
    head: (...args) => repeated(() => store.head(...args)),
    exists: (...args) => repeated(() => store.exists(...args)),
    writes: (...args) => repeated(() => store.writes(...args)),
  };
  const idle = async (): Promise<void> => void (await Promise.allSettled(underWay));
  return { store: guarded, newest: () => newest, idle, settled: () => settled };
}
