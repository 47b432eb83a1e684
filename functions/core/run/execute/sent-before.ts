/** What the engine told the next claim when it handed the run over: the last event before the record that opens this claim. */
import { LogReader } from "../../log/log-reader.ts";
import type { AppendPosition } from "../../log/log-writer.ts";
import type { Ports } from "../../ports.ts";
import { STREAM_ONLY } from "../../stream/stream-only.ts";
import type { Claim } from "../claim.ts";
import type { Invocation } from "./engine-port.ts";

/** @param opened the append position right after the claim's opening record */
export async function sentBefore(
  ports: Pick<Ports, "clock" | "log">,
  { run }: Claim,
  opened: AppendPosition,
): Promise<Pick<Invocation, "sent">> {
  if (run.opening !== "fence") return {};
  const last = opened.next - 2;
  const log = new LogReader(ports, run.thread_id, { after: last - 1, skip: 0 }, undefined);
  const slot = (await log.read(true)).find((one) => one.slot === last && one.run_id === run.run_id);
  const events = (slot && (await log.eventsOf(slot))) ?? [];
  const sent = events.findLast(({ event }) => event === STREAM_ONLY.sent)?.data;
  return sent === undefined ? {} : { sent };
}
