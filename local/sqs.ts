/**
 * SQS in this process: fauxqs, in memory. Losing it at a stop is allowed, for the queue is a hint and the run rows are the truth.
 */
import { startFauxqs } from "fauxqs";
import type { Emulator } from "./dynamodb.ts";

export async function startSqs(): Promise<Emulator> {
  const server = await startFauxqs({ port: 0, logger: false, host: "127.0.0.1" });
  return { endpoint: `http://127.0.0.1:${server.port}`, stop: () => server.stop() };
}
