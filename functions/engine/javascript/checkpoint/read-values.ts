/** A thread's values from its newest checkpoint: no graph is loaded. */
import type { CheckpointHead } from "../../../core/checkpoint/checkpoint-port.ts";
import type { HeadRef } from "../../../core/thread/thread-row.ts";
import type { Json } from "../../../protocol/json.ts";
import { toPlain } from "../events/to-json.ts";
import { isObject } from "../langgraph.ts";
import { readCheckpoint, type ReadValue } from "./value-reader.ts";

/**
 * One channel's value, or an object of those that have one. `undefined` if the checkpoint alone is not enough: a channel that stores
 * differences needs its graph.
 */
export async function readValues(
  read: ReadValue,
  head: CheckpointHead,
  shown: NonNullable<HeadRef["channels"]>,
): Promise<Json | undefined> {
  const { channels } = head;
  const names = [shown].flat();
  const missing = names.filter((name) => !Object.hasOwn(channels, name));
  if (missing.length > 0) {
    const { channel_versions: versions = {} } = await readCheckpoint(read, head);
    if (isObject(versions) && missing.some((name) => name in versions)) return undefined;
  }
  const values: Record<string, Json> = {};
  for (const name of names) {
    const stored = channels[name];
    if (!stored || missing.includes(name)) continue;
    const value = await read(stored);
    // A channel that was never set may be stored. As in streams and states, it is not shown as null.
    if (value === undefined) continue;
    if (isDelta(value)) return undefined;
    values[name] = toPlain(value, `The channel "${name}"`);
  }
  return typeof shown === "string" ? (values[shown] ?? null) : values;
}

const isDelta = (value: unknown): boolean => isObject(value) && value.constructor?.name === "DeltaSnapshot";
