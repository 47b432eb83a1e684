/** The first record of a claim. Once it is written, no earlier owner can append any more (design 3, model `open`). */
import type { Ports } from "../ports.ts";
import type { Claim } from "../run/claim.ts";
import { APPEND, type RetryPolicy, untilClear } from "../failure/retry.ts";
import { appendSlot } from "./append-slot.ts";
import { metadataEvent } from "./first-slot.ts";
import { logTail } from "./log-tail.ts";
import type { AppendPosition } from "./log-writer.ts";
import { encodeEvents } from "./slot-payload.ts";
import type { LogEvent, Slot } from "./slot.ts";

/** How the nonce of a claim's first record ends. */
export const OPENING = ".open";

type OpenPorts = Pick<Ports, "clock" | "log" | "runs" | "threads">;

/** The append position after the claim's opening record; `fenced` if the run has another owner by now. */
export async function openLog(ports: OpenPorts, claim: Claim, signal: AbortSignal): Promise<AppendPosition | "fenced"> {
  const { run } = claim;
  const position = appendPositionAt(claim, run.opening === "first" ? (run.log_start ?? 0) + 1 : claim.tail + 1);
  if (run.opening === "first" || run.opening === "none") return position;

  const events = run.opening === "epoch" ? [metadataEvent(run.run_id, run.attempt)] : [];
  return append(ports, claim, position, { name: OPENING, events, signal });
}

/**
 * For a claim that only ends its run: appends a hidden record, so that no older owner can append any more (model rule endFencesFirst). The
 * claims are closed only after that: otherwise an older owner could still append events of checkpoints that are hidden.
 */
export const fenceLog = (ports: OpenPorts, claim: Claim, policy = APPEND): Promise<AppendPosition | "fenced"> =>
  append(ports, claim, appendPositionAt(claim, claim.tail + 1), { name: ".fence", events: [], policy });

interface OpeningRecord {
  /** Tells the records of one claim apart: a fence may follow its opening. */
  name: typeof OPENING | ".fence";
  events: readonly LogEvent[];
}

const NEVER = new AbortController().signal;

async function append(
  ports: OpenPorts,
  claim: Claim,
  position: AppendPosition,
  { signal = NEVER, policy = APPEND, ...record }: OpeningRecord & { signal?: AbortSignal; policy?: RetryPolicy },
): Promise<AppendPosition | "fenced"> {
  while (!signal.aborted) {
    const slot = openingSlot(position, record, ports.clock.now());
    const result = await appendSlot(ports, position.thread_id, slot, signal, policy);
    if (result === "appended") return { ...position, next: position.next + 1 };
    // An older owner was faster. Read the tail first, then see whether the run is still ours.
    position.next = (await logTail(ports, position.thread_id)) + 1;
    if (!(await isOurs(ports, claim))) return "fenced";
  }
  return "fenced";
}

export const appendPositionAt = ({ run }: Claim, next: number): AppendPosition => ({
  thread_id: run.thread_id,
  run_id: run.run_id,
  gen: run.gen,
  epoch: run.epoch,
  owner: run.owner,
  next,
});

async function isOurs(ports: Pick<Ports, "clock" | "runs">, { run }: Claim): Promise<boolean> {
  const row = await untilClear(ports.clock, () => ports.runs.get(run));
  return row?.status === "running" && row.owner === run.owner;
}

const openingSlot = (position: AppendPosition, { name, events }: OpeningRecord, written_at: number): Slot => ({
  slot: position.next,
  run_id: position.run_id,
  gen: position.gen,
  epoch: position.epoch,
  nonce: `${position.owner}${name}`,
  count: events.length,
  payload: encodeEvents(events),
  more: false,
  parts: 0,
  written_at: written_at,
});
