/** Heads and writes for tests of the port CheckpointStore. */
import type {
  ChannelValue,
  CheckpointHead,
  CheckpointStore,
  TaskWrites,
} from "../../functions/core/checkpoint/checkpoint-port.ts";
import type { ClaimNumber } from "../../functions/core/run/run-row.ts";

export const text = (content: string): ChannelValue => ({ type: "json", elements: [Buffer.from(content)] });
export const contentOf = (value: ChannelValue | undefined): string => Buffer.concat(value?.elements ?? []).toString();
export const claim = (log_start: number, epoch: number): ClaimNumber => ({ log_start, epoch });

export const headOf = (
  thread_id: string,
  checkpoint_id: string,
  more: Partial<CheckpointHead> = {},
): CheckpointHead => ({
  thread_id,
  ns: "",
  checkpoint_id,
  metadata: { step: 0 },
  checkpoint: text("{}"),
  channels: {},
  ...more,
});

/** Of task `task` at checkpoint `c1`, all to channel `ch`. */
export const writesOf = (
  thread_id: string,
  writes: [number, string][],
  more: Partial<TaskWrites> = {},
): TaskWrites => ({
  thread_id,
  ns: "",
  checkpoint_id: "c1",
  task_id: "task",
  task_path: "",
  writes: writes.map(([index, content]) => ({ index, channel: "ch", value: text(content) })),
  ...more,
});

/** Pending writes of a root checkpoint as a reader gets them: tasks with index and content of each write. */
export const writesAt = async (
  store: CheckpointStore,
  thread_id: string,
  checkpoint_id: string,
): Promise<[task_id: string, [index: number, content: string][]][]> =>
  (await store.writes(thread_id, "", checkpoint_id)).map(({ task_id, writes }) => [
    task_id,
    writes.map(({ index, value }) => [index, contentOf(value)]),
  ]);
