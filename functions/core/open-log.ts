/**
 * What a claimant writes before anything else, so that whoever held the tail before can never append again (design 4, model `open`).
 * Must not write events of the graph.
 */
import { appendSlot } from "./append-slot.ts";
import type { Claim } from "./claim-run.ts";
import { metadataEvent } from "./first-slot.ts";
import type { Pen } from "./log-writer.ts";
import type { Ports, ThreadLog } from "./ports.ts";
import type { LogEvent, Slot, ThreadRow } from "./rows.ts";
import { encodeEvents } from "./slot-payload.ts";
import { untilClear } from "./until-clear.ts";

type OpenPorts = Pick<Ports, "clock" | "log" | "runs" | "threads">;

/** The claim's pen, placed after its opening record; `fenced` if the run has another owner by now. */
export async function openLog(ports: OpenPorts, claim: Claim, signal: AbortSignal): Promise<Pen | "fenced"> {
  const { run } = claim;
  const pen = penAt(claim, run.opening === "first" ? (run.log_start ?? 0) + 1 : claim.tail + 1);
  if (run.opening === "first" || run.opening === "none") return pen;

  const events = run.opening === "epoch" ? [metadataEvent(run.run_id, run.attempt)] : [];
  while (!signal.aborted) {
    const result = await appendSlot(ports, pen.thread_id, openingSlot(pen, events, ports.clock.now()), signal);
    if (result === "appended") return { ...pen, next: pen.next + 1 };
    // An older owner was faster: tail first, then see whether the run is still ours.
    pen.next = (await logTail(ports, run.thread_id)) + 1;
    if (!(await isOurs(ports, claim))) return "fenced";
  }
  return "fenced";
}

export const penAt = ({ run }: Claim, next: number): Pen => ({
  thread_id: run.thread_id,
  run_id: run.run_id,
  gen: run.gen,
  epoch: run.epoch,
  owner: run.owner,
  next,
});

/** Slots expire, so the tail is the greater of the row and the last slot found (model rule tailIsMaxOfRowAndLog). */
export const tailOf = async (
  log: Pick<ThreadLog, "tail">,
  { thread_id, log_tail }: Pick<ThreadRow, "thread_id" | "log_tail">,
): Promise<number> => Math.max(log_tail, await log.tail(thread_id));

/** The same for a caller without a recent row: reads the log first, then the row. */
export async function logTail(ports: Pick<Ports, "clock" | "log" | "threads">, thread_id: string): Promise<number> {
  const last = await untilClear(ports.clock, () => ports.log.tail(thread_id));
  const thread = await untilClear(ports.clock, () => ports.threads.get(thread_id));
  return Math.max(last, thread?.log_tail ?? 0);
}

async function isOurs(ports: Pick<Ports, "clock" | "runs">, { run }: Claim): Promise<boolean> {
  const row = await untilClear(ports.clock, () => ports.runs.get(run));
  return row?.status === "running" && row.owner === run.owner;
}

const openingSlot = (pen: Pen, events: readonly LogEvent[], at: number): Slot => ({
  slot: pen.next,
  run_id: pen.run_id,
  gen: pen.gen,
  epoch: pen.epoch,
  nonce: `${pen.owner}.open`,
  count: events.length,
  payload: encodeEvents(events),
  more: false,
  parts: 0,
  at,
});
