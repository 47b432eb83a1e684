/**
 * `getDeltaChannelHistory` of the saver contract: the writes between a stored value and a checkpoint, along its parents. Each checkpoint is
 * read once, however many channels are asked for.
 */
import type { CheckpointHead, CheckpointStore } from "../../../core/checkpoint/checkpoint-port.ts";
import { HEADS_AT_ONCE } from "../timings.ts";
import { orderWrites } from "../../checkpoint/order-writes.ts";
import { loadChannel, type Serde } from "./serialise-channel.ts";

export interface DeltaHistory {
  /** Oldest first: [task id, channel, value]. */
  writes: [string, string, unknown][];
  /** The stored value that the writes are applied to; absent if there is none. */
  seed?: unknown;
}

/**
 * The walk of a channel ends at the first ancestor that stores its value, and includes that ancestor's own writes. The target's own writes
 * are not included.
 */
export async function deltaHistory(
  { store, serde }: { store: CheckpointStore; serde: Serde },
  target: CheckpointHead,
  channels: readonly string[],
): Promise<Record<string, DeltaHistory>> {
  const history = new Map<string, DeltaHistory>(channels.map((channel) => [channel, { writes: [] }]));
  const open = new Set(channels);
  let steps: CheckpointHead[] = [];
  const flush = async () => {
    const writes = await Promise.all(steps.map((head) => store.writes(head.thread_id, head.ns, head.checkpoint_id)));
    for (const [index, head] of steps.entries())
      await addStep(serde, history, open, head, orderWrites(writes[index] ?? []));
    steps = [];
  };
  for await (const head of ancestors(store, target)) {
    steps.push(head);
    const willClose = [...open].every((channel) => steps.some((step) => Object.hasOwn(step.channels, channel)));
    if (willClose || steps.length === HEADS_AT_ONCE) await flush();
    if (!open.size) break;
  }
  await flush();
  return Object.fromEntries(
    [...history].map(([channel, { writes, ...seed }]) => [channel, { writes: writes.toReversed(), ...seed }]),
  );
}

async function addStep(
  serde: Serde,
  history: Map<string, DeltaHistory>,
  open: Set<string>,
  head: CheckpointHead,
  writes: ReturnType<typeof orderWrites>,
): Promise<void> {
  for (const { channel, task_id, value } of writes.toReversed()) {
    if (open.has(channel)) history.get(channel)?.writes.push([task_id, channel, await loadChannel(serde, value)]);
  }
  for (const channel of open) {
    const stored = Object.hasOwn(head.channels, channel) ? head.channels[channel] : undefined;
    const seed = stored && (await loadChannel(serde, stored));
    if (seed === undefined) continue;
    Object.assign(history.get(channel) ?? {}, { seed });
    open.delete(channel);
  }
}

/** Ancestors from the parent to the first. One pass over the namespace; forks in between are skipped. */
async function* ancestors(store: CheckpointStore, target: CheckpointHead): AsyncGenerator<CheckpointHead> {
  let wanted = target.parent_id;
  if (wanted === undefined) return;
  for await (const head of store.heads(target.thread_id, { ns: target.ns, before: target.checkpoint_id })) {
    if (head.checkpoint_id !== wanted) continue;
    yield head;
    wanted = head.parent_id;
    if (wanted === undefined) return;
  }
}
