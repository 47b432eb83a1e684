/** Sends a run to the queue. Must not fail the caller: the row is the truth, and a reader or the sweeper repeats a lost send. */
import { Unclear } from "../../failure/failure.ts";
import type { Ports } from "../../ports.ts";
import type { RunRef } from "../run-row.ts";

export async function sendQuietly(
  ports: Pick<Ports, "queue" | "logger">,
  { run_id, thread_id }: RunRef,
  delayMs = 0,
): Promise<void> {
  try {
    await ports.queue.send({ run_id, thread_id }, delayMs);
  } catch (error) {
    const level = error instanceof Unclear ? "warn" : "error";
    ports.logger[level]("send failed, the sweep repeats it", { run_id, thread_id, error: String(error) });
  }
}
