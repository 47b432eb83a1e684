/**
 * The metadata stored with a checkpoint: LangGraph's metadata of the step, and what the run was started with. By its `run_id` a redelivered
 * run finds its own checkpoint and does not apply its input twice.
 */
import type { CheckpointTuple } from "@langchain/langgraph";
import { isSelector } from "../../../core/checkpoint/selected-checkpoint.ts";
import type { JsonObject } from "../../../protocol/json.ts";
import { isAuthKey } from "../../../protocol/run.ts";
import { isObject } from "../langgraph.ts";
import type { Serde } from "./serialise-channel.ts";

/** Keys that address a checkpoint or are LangGraph's own do not describe the run. Who the caller is others of the thread must not read. */
const isKeptBack = (key: string): boolean =>
  key.startsWith("__") || key === "thread_id" || isSelector(key) || isAuthKey(key);

interface Config {
  configurable?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
}

/**
 * Later ones win: configurable, the run's metadata, the step's. A config without metadata was not prepared by LangGraph and describes no
 * run. Rejects if a value cannot be serialised.
 */
export async function storedMetadata(serde: Serde, config: Config, ofStep: object): Promise<JsonObject> {
  const { configurable = {}, metadata } = config;
  const settings = Object.entries(metadata ? configurable : {}).filter(
    ([key, value]) => !isKeptBack(key) && typeof value !== "function",
  );
  const [, bytes] = await serde.dumpsTyped({ ...Object.fromEntries(settings), ...metadata, ...ofStep });
  const plain: unknown = JSON.parse(Buffer.from(bytes).toString());
  return isObject(plain) ? (plain as JsonObject) : {};
}

/** Metadata that `storedMetadata` has made. */
export const loadMetadata = async (serde: Serde, metadata: JsonObject): Promise<StepMetadata> =>
  (await serde.loadsTyped("json", JSON.stringify(metadata))) as StepMetadata;
type StepMetadata = NonNullable<CheckpointTuple["metadata"]>;
