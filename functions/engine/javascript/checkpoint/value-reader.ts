/** Reads stored values to show them: without LangGraph where that gives the same, else by the serde of the project's LangGraph. */
import type { ChannelValue, CheckpointHead } from "../../../core/checkpoint/checkpoint-port.ts";
import type { JsonObject } from "../../../protocol/json.ts";
import { isPythons, pythonValue } from "../../checkpoint/python-value.ts";
import { type Bridge, isObject } from "../langgraph.ts";
import { plainValue } from "./plain-value.ts";
import { loadChannel } from "./serialise-channel.ts";

/** JSON, or an instance that `to-json.ts` writes. */
export type ReadValue = (value: ChannelValue) => Promise<unknown>;

/** @param bridge loads the project's LangGraph when the first value needs it */
export function valueReader(bridge: () => Promise<Bridge>): ReadValue {
  return async (value) => {
    if (isPythons(value)) return pythonValue(value);
    const plain = plainValue(value);
    if (plain) return plain.json;
    const { lg } = await bridge();
    return loadChannel(new lg.MemorySaver().serde, value);
  };
}

/** The checkpoint without its channels' values: `ts`, versions. */
export async function readCheckpoint(read: ReadValue, head: CheckpointHead): Promise<Record<string, unknown>> {
  const checkpoint = await read(head.checkpoint);
  return isObject(checkpoint) ? checkpoint : {};
}

export const readMetadata = (read: ReadValue, metadata: JsonObject): Promise<unknown> =>
  read({ type: "json", elements: [Buffer.from(JSON.stringify(metadata))] });
