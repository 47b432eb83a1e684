/**
 * SQS on this machine: fauxqs, in memory, in a thread of its own so that it does not delay graphs and streams. Messages may be lost at a
 * stop, because the queue is a hint and the run rows are the truth.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Emulator } from "./dynamodb.ts";

/** Ends with this process, however that ends. */
export async function startSqs(): Promise<Emulator> {
  const thread = new Worker(new URL("sqs-thread.ts", import.meta.url));
  const [endpoint] = await once(thread, "message");
  const stop = async (): Promise<void> => void (await thread.terminate());
  return { endpoint: String(endpoint), stop };
}
