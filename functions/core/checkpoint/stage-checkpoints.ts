/**
 * A checkpoint store whose puts stay in memory, over one that is read: a state update is computed on it, then stored whole or not at all.
 * Must not write to the store below.
 */
import { contains } from "../json/contains.ts";
import type { CheckpointHead, CheckpointStore, HeadQuery, TaskWrites } from "./checkpoint-port.ts";
import type { Staged } from "./update-port.ts";

export function stageCheckpoints(below: CheckpointStore): { store: CheckpointStore; staged: Staged } {
  const staged: Staged = { heads: [], writes: [] };
  const headsOf = ({ ns, before, metadata }: HeadQuery): CheckpointHead[] =>
    staged.heads
      .filter(
        (head) =>
          (ns === undefined || head.ns === ns) &&
          (before === undefined || head.checkpoint_id < before) &&
          (metadata === undefined || contains(head.metadata, metadata)),
      )
      .toSorted((one, other) => (one.checkpoint_id < other.checkpoint_id ? 1 : -1));

  const store: CheckpointStore = {
    ...below,
    putHead: (head) => {
      staged.heads.push(head);
      return Promise.resolve();
    },
    putWrites: (task) => {
      const at = staged.writes.findIndex(
        (other) => isSameTask(other, task) && other.checkpoint_id === task.checkpoint_id,
      );
      const known = staged.writes[at];
      if (known) staged.writes[at] = { ...known, writes: merged(known.writes, task.writes) };
      else staged.writes.push(task);
      return Promise.resolve();
    },
    head: async (thread_id, ns, checkpoint_id) => {
      const own = headsOf({ ns }).find((head) => checkpoint_id === undefined || head.checkpoint_id === checkpoint_id);
      return own ?? below.head(thread_id, ns, checkpoint_id);
    },
    exists: async (thread_id, ns, checkpoint_id) =>
      headsOf({ ns }).some((head) => head.checkpoint_id === checkpoint_id) ||
      below.exists(thread_id, ns, checkpoint_id),
    async *heads(thread_id, query) {
      const own = headsOf(query).slice(0, query.limit);
      yield* own;
      const limit = query.limit === undefined ? undefined : query.limit - own.length;
      if (limit !== 0) yield* below.heads(thread_id, { ...query, ...(limit !== undefined && { limit }) });
    },
    writes: async (thread_id, ns, checkpoint_id) => {
      const kept = await below.writes(thread_id, ns, checkpoint_id);
      const own = staged.writes.filter((task) => task.ns === ns && task.checkpoint_id === checkpoint_id);
      const others = kept.filter((task) => !own.some((newer) => isSameTask(newer, task)));
      const both = own.map((newer) => {
        const older = kept.find((task) => isSameTask(newer, task));
        return older ? { ...newer, writes: merged(older.writes, newer.writes) } : newer;
      });
      return [...others, ...both];
    },
  };
  return { store, staged };
}

const isSameTask = (one: TaskWrites, other: TaskWrites): boolean =>
  one.ns === other.ns && one.task_id === other.task_id;

/** As the store keeps them: special writes, of negative index, are overwritten, ordinary ones stay as first written. */
function merged(older: TaskWrites["writes"], newer: TaskWrites["writes"]): TaskWrites["writes"] {
  const byIndex = new Map(older.map((write) => [write.index, write]));
  for (const write of newer) if (write.index < 0 || !byIndex.has(write.index)) byIndex.set(write.index, write);
  return [...byIndex.values()].toSorted((one, other) => one.index - other.index);
}
