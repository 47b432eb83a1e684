/** The real store on the emulator, for what the engine writes and reads. */
import { createCheckpointStore } from "../../functions/aws/checkpoint-store.ts";
import type { CheckpointStore } from "../../functions/core/checkpoint-port.ts";
import { startTable } from "../support/dynamodb.ts";

export async function openCheckpoints(): Promise<{ checkpoints: CheckpointStore; close: () => Promise<void> }> {
  const table = await startTable();
  return { checkpoints: createCheckpointStore(table), close: () => table.stop() };
}
