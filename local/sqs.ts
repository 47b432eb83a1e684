/**
 * SQS beside this thread: fauxqs, in memory. Losing it at a stop is allowed, for the queue is a hint and the run rows are the truth. Must
 * not run in this thread, whose time is the graphs' and the streams'.
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
