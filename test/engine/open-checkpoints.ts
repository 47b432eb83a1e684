/** The real store on the emulator, for what the engine writes and reads. */
import { createCheckpointStore } from "../../functions/aws/checkpoint/checkpoint-store.ts";
import { createItemStore } from "../../functions/aws/store/item-store.ts";
import type { CheckpointStore } from "../../functions/core/checkpoint/checkpoint-port.ts";
import type { ItemStore } from "../../functions/core/store/store-port.ts";
import { startTable } from "../support/dynamodb.ts";

export interface OpenStores {
  checkpoints: CheckpointStore;
  items: ItemStore;
  close: () => Promise<void>;
}

export async function openCheckpoints(): Promise<OpenStores> {
  const table = await startTable();
  const items = createItemStore(table);
  return { checkpoints: createCheckpointStore(table), items, close: () => table.stop() };
}
