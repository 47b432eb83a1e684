/** Threads whose state is read by outlines, in either language: how they are run, how they are read, and a store without outlines. */
import type { CheckpointStore } from "../../functions/core/checkpoint/checkpoint-port.ts";
import type { StateQuery } from "../../functions/core/run/execute/engine-port.ts";
import type { ThreadState } from "../../functions/protocol/thread.ts";
import { newRun, type TestEngine } from "./open-engine.ts";

/** Heads as they were before they had outlines. */
export function withoutOutlines(store: CheckpointStore): CheckpointStore {
  return {
    ...store,
    head: async (...args) => {
      const found = await store.head(...args);
      if (!found) return undefined;
      const { outline: _outline, ...head } = found;
      return head;
    },
    async *heads(...args) {
      for await (const { outline: _outline, ...head } of store.heads(...args)) yield head;
    },
  };
}

export const ALL = { limit: 100, before: undefined, metadata: undefined, checkpoint: undefined };

export const at = ({ checkpoint_id }: ThreadState) => ({
  checkpoint_id: checkpoint_id ?? "",
  checkpoint_ns: undefined,
  checkpoint_map: undefined,
});

export type Step = Record<string, unknown>;

/** Runs the steps on a new thread, each as a run of its own. */
export async function runAll(engine: TestEngine, graph_id: string, steps: readonly Step[]): Promise<StateQuery> {
  const { thread_id } = newRun();
  for (const [n, kwargs] of steps.entries())
    await engine.run({ thread_id, graph_id, kwargs, claim: { log_start: 10 * n + 1, epoch: 1 } });
  return { thread_id, graph_id };
}

/** Every read of a thread's states that needs no graph, by one engine, as text. */
export async function readsOf({ engine }: TestEngine, query: StateQuery): Promise<string[]> {
  const states = await engine.history({ ...query, ...ALL });
  const reads = [
    await engine.state(query),
    ...states,
    ...(await Promise.all(states.map((state) => engine.state({ ...query, checkpoint: at(state) })))),
    await engine.history({ ...query, ...ALL, limit: 2, ...(states[1] && { before: at(states[1]) }) }),
    await engine.history({ ...query, ...ALL, metadata: { source: "loop" } }),
  ];
  return reads.map((read) => JSON.stringify(read));
}
