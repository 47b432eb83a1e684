/** A thread's values from its newest checkpoint, by the serde alone: no graph is loaded. Must not know channels' reducers. */
import type { CheckpointStore } from "../core/ports.ts";
import type { HeadRef } from "../core/rows.ts";
import type { Json } from "../protocol/json.ts";
import type { Bridge } from "./langgraph.ts";
import { loadChannel } from "./serialise-channel.ts";
import { toPlain } from "./to-json.ts";

/** One channel's value, or an object of those that have one; `null` if the checkpoint is gone. */
export async function readValues(
  { lg }: Bridge,
  store: CheckpointStore,
  thread_id: string,
  head: HeadRef,
): Promise<Json> {
  const found = await store.head(thread_id, "", head.checkpoint_id);
  if (!found) return null;
  const { serde } = new lg.MemorySaver();
  const revive = async (name: string): Promise<Json | undefined> => {
    const value = Object.hasOwn(found.channels, name) ? found.channels[name] : undefined;
    return value && toPlain(await loadChannel(serde, value), `The channel "${name}"`);
  };
  if (typeof head.channels === "string") return (await revive(head.channels)) ?? null;
  const pairs = await Promise.all(head.channels.map(async (name) => [name, await revive(name)] as const));
  return Object.fromEntries(pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
