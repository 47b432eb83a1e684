/**
 * A CheckpointStore that records what a run has written: its newest root head, whether it was interrupted, whether puts are on their way.
 * After the run's end it passes nothing on: a node that ignores its signal may still run.
 */
import type { CheckpointStore } from "../../core/checkpoint/checkpoint-port.ts";
import type { Clock } from "../../core/ports.ts";
import { GraphError } from "../../core/run/execute/engine-port.ts";
import type { ReplayedEvents } from "../events/replayed-events.ts";
import type { TaskEnds } from "../events/task-ends.ts";
import type { UnfinishedSupersteps } from "../graph/unfinished-supersteps.ts";
import { LAST_PUTS } from "../timings.ts";
import { INTERRUPT } from "./own-names.ts";

export interface Watch {
  store: CheckpointStore;
  /** Id of the newest root checkpoint that was put; undefined if there was none. */
  head(): string | undefined;
  /** Whether a task of the root graph has stored an interrupt. Some graphs show it only here. */
  interrupted(): boolean;
  /** Resolves when no put is on its way: an aborted stream ends before its last puts. A graph that never stops is not waited for. */
  idle(): Promise<void>;
  end(): void;
}

/** Those that follow what the run's graphs store. */
export interface Followers {
  ends: TaskEnds;
  replayed: ReplayedEvents;
  leftOpen: UnfinishedSupersteps;
  /** Whether only one task runs at a time: LangGraph may then leave others undone. */
  isOneByOne: () => boolean;
  clock: Pick<Clock, "turn">;
}

/** @throws GraphError if a subgraph has an unfinished superstep: the node's result would be wrong */
function assertWhole(ns: string | undefined): void {
  if (ns === undefined) return;
  const node = ns.slice(ns.lastIndexOf("|") + 1).split(":")[0];
  throw new GraphError(
    `The graph in the node "${node}" stopped with tasks undone, as LangGraph does when max_concurrency is 1.`,
  );
}

export function watchCheckpoints(
  store: CheckpointStore,
  thread_id: string,
  { ends, replayed, leftOpen, isOneByOne, clock }: Followers,
): Watch {
  let head: string | undefined;
  let interrupted = false;
  let ended = false;
  const pending = new Set<Promise<void>>();
  const write = (work: () => Promise<void>): Promise<void> => {
    if (ended) return Promise.reject(new Error("The run has ended; a node went on writing checkpoints."));
    const writing = work();
    pending.add(writing);
    return writing.finally(() => pending.delete(writing));
  };
  const watched: CheckpointStore = {
    ...store,
    putHead: (put) =>
      write(async () => {
        ends.over(put.ns);
        replayed.stepOver(put.ns, put.checkpoint_id);
        leftOpen.put(put.ns);
        await store.putHead(put);
        if (put.ns === "" && put.thread_id === thread_id) head = put.checkpoint_id;
      }),
    putWrites: (writes) =>
      write(async () => {
        if (writes.ns === "" && writes.writes.some(({ channel }) => channel === INTERRUPT)) interrupted = true;
        if (isOneByOne()) assertWhole(leftOpen.inside(writes.task_id));
        leftOpen.stores(writes);
        const storing = store.putWrites(writes);
        ends.storing(writes);
        await storing;
      }),
  };
  return {
    store: watched,
    head: () => head,
    interrupted: () => interrupted,
    idle: async () => {
      for (let round = 0; round < LAST_PUTS; round++) {
        await clock.turn();
        if (pending.size === 0) return;
        await Promise.allSettled(pending);
      }
    },
    end: () => {
      ended = true;
    },
  };
}
