/** A checkpoint tuple as LangGraph expects it, from a head and its pending writes. */
import type { CheckpointTuple } from "@langchain/langgraph";
import type { CheckpointHead, CheckpointStore, TaskWrites } from "../../../core/checkpoint/checkpoint-port.ts";
import { loadMetadata } from "./checkpoint-metadata.ts";
import { orderWrites, type PendingWrite } from "../../checkpoint/order-writes.ts";
import type { Versions } from "../../checkpoint/saver-cache.ts";
import { loadChannel, type Serde } from "./serialise-channel.ts";

export interface Revival {
  store: CheckpointStore;
  serde: Serde;
  /** The project's LangGraph reads sends from the checkpoint's `pending_sends` (before 1.0), later versions from a channel. */
  readsPendingSends: boolean;
  firstVersion: () => number | string;
}

/** The first checkpoint format in which sends are a channel like any other. */
export const SENDS_ARE_A_CHANNEL = 4;
/** The channel of sends. */
export const TASKS = "__pregel_tasks";

/** The serialised part, without channel values. Older formats lack some fields, or have others. */
export type Skeleton = Omit<Checkpoint, "channel_versions" | "channel_values"> & {
  channel_versions?: Versions;
  channel_values?: Record<string, unknown>;
  pending_sends?: unknown[];
};
type Checkpoint = CheckpointTuple["checkpoint"];

/** Serialised by a checkpointer's `put`, so its shape is known. */
export const loadSkeleton = async (serde: Serde, head: CheckpointHead): Promise<Skeleton> =>
  (await loadChannel(serde, head.checkpoint)) as Skeleton;

const configOf = (thread_id: string, checkpoint_ns: string, checkpoint_id: string) => ({
  configurable: { thread_id, checkpoint_ns, checkpoint_id },
});

/** `skeleton` is filled in and becomes part of the result. */
export async function toTuple(
  revival: Revival,
  head: CheckpointHead,
  skeleton: Skeleton,
  writes: readonly TaskWrites[],
): Promise<CheckpointTuple> {
  const { thread_id, ns, checkpoint_id, parent_id } = head;
  const { serde } = revival;
  const load = async ({ task_id, channel, value }: PendingWrite): Promise<[string, string, unknown]> => [
    task_id,
    channel,
    await loadChannel(serde, value),
  ];
  const [values, metadata, pendingWrites] = await Promise.all([
    Promise.all(
      Object.entries(head.channels).map(async ([name, value]) => [name, await loadChannel(serde, value)] as const),
    ),
    loadMetadata(serde, head.metadata),
    Promise.all(orderWrites(writes).map(load)),
  ]);
  const checkpoint = Object.assign(skeleton, {
    channel_values: Object.fromEntries(values),
    channel_versions: skeleton.channel_versions ?? {},
  });
  await addSends(revival, head, checkpoint);
  return {
    config: configOf(thread_id, ns, checkpoint_id),
    checkpoint,
    metadata,
    ...(parent_id !== undefined && { parentConfig: configOf(thread_id, ns, parent_id) }),
    pendingWrites,
  };
}

/** Adds the sends of the parent's tasks, where the format keeps them with the parent. */
async function addSends(
  { store, serde, readsPendingSends, firstVersion }: Revival,
  head: CheckpointHead,
  skeleton: Skeleton,
): Promise<void> {
  const { thread_id, ns, parent_id } = head;
  if (skeleton.v >= SENDS_ARE_A_CHANNEL || (parent_id === undefined && !readsPendingSends)) return;
  const writes = parent_id === undefined ? [] : orderWrites(await store.writes(thread_id, ns, parent_id));
  const sends = await Promise.all(
    writes.filter(({ channel }) => channel === TASKS).map(({ value }) => loadChannel(serde, value)),
  );
  if (readsPendingSends) {
    skeleton.pending_sends = sends;
    return;
  }
  const versions = (skeleton.channel_versions ??= {});
  const known = Object.values(versions);
  (skeleton.channel_values ??= {})[TASKS] = sends;
  versions[TASKS] = known.length ? known.reduce((one, other) => (isLater(other, one) ? other : one)) : firstVersion();
}

const isLater = (one: number | string, other: number | string): boolean =>
  typeof one === "number" && typeof other === "number" ? one > other : String(one).localeCompare(String(other)) > 0;
