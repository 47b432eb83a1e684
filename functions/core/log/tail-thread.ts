/**
 * Follows a whole thread through its log: the events of all its runs and of the updates of its state, one after the other, until the reader
 * leaves or the thread is deleted. Writes nothing: whoever waits for a run follows the run.
 */
import type { CheckpointRef, ThreadStreamMode } from "../../protocol/thread.ts";
import type { Ports } from "../ports.ts";
import { isGone } from "../run/run-row.ts";
import { graphOf, type ThreadRow } from "../thread/thread-row.ts";
import { findThread } from "../thread/threads.ts";
import { type Cursor, eventId, parseCursor } from "./cursor.ts";
import { LogReader, type TailEvent } from "./log-reader.ts";
import { tailOf } from "./log-tail.ts";
import { isStreamOnly } from "../stream/stream-only.ts";
import type { Slot } from "./slot.ts";
import { OPENING } from "./open-log.ts";
import { ROW_POLL, SLOT_EVENTS } from "./timings.ts";

type ThreadPorts = Pick<Ports, "clock" | "engine" | "log" | "logger" | "runs" | "threads">;

export interface ThreadReading {
  thread: ThreadRow;
  cursor: Exclude<Cursor, { kind: "live" }>;
  modes: readonly ThreadStreamMode[];
}

/** "Now" becomes a position in the log, so that a reconnect before the first event misses nothing. */
export async function findThreadCursor(
  ports: Pick<Ports, "log">,
  thread: ThreadRow,
  asked: { lastEventId: string | undefined; after: string | null },
): Promise<ThreadReading["cursor"]> {
  const cursor = parseCursor(asked.lastEventId || asked.after);
  if (cursor.kind !== "live") return cursor;
  return { kind: "after", slot: await tailOf(ports.log, thread), index: SLOT_EVENTS };
}

/** @throws as `tailRun`: the caller aborts the connection */
export async function* tailThread(
  ports: ThreadPorts,
  { thread, cursor, modes }: ThreadReading,
  signal: AbortSignal,
): AsyncGenerator<TailEvent[]> {
  const { thread_id, gen } = thread;
  const from = cursor.kind === "after" ? { after: cursor.slot - 1, skip: cursor.index } : { after: 0, skip: 0 };
  const log = new LogReader(ports, thread_id, from, signal);
  const shown = new Map<string, boolean>();
  /** Of a run that was deleted, or of the thread that had the id before, nothing is shown. */
  const isShown = async ({ run_id, gen: of }: Slot): Promise<boolean> => {
    if (of !== gen) return false;
    const known = shown.get(run_id);
    if (known !== undefined) return known;
    const run = await ports.runs.get({ thread_id, run_id });
    shown.set(run_id, run !== undefined && !isGone(run));
    return shown.get(run_id) ?? false;
  };

  for (let rowAt = ports.clock.monotonic(); !signal.aborted;) {
    const slots = await log.next();
    for (const slot of slots) {
      // A thread that was made again and is busy leaves no pause in which its row is looked at.
      if (slot.gen > gen) return;
      log.after = slot.slot;
      const isUpdate = slot.nonce === `${slot.run_id}.update`;
      const events = isUpdate
        ? await updateEvents(ports, thread, slot, { log, modes })
        : (await isShown(slot)) && (await runEvents(slot, log, modes));
      if (events && events.length > 0) yield events;
    }
    if (slots.length > 0 || ports.clock.monotonic() - rowAt < ROW_POLL) continue;
    rowAt = ports.clock.monotonic();
    const now = await findThread(ports, thread_id);
    if (now?.gen !== gen) return;
  }
}

/** Begin and end of each run are in both modes; the end is one more event of the run's last slot. */
async function runEvents(slot: Slot, log: LogReader, modes: readonly ThreadStreamMode[]): Promise<TailEvent[]> {
  const all: TailEvent[] = ((await log.eventsOf(slot)) ?? []).filter((event) => !isStreamOnly(event));
  const { run_id, count, end } = slot;
  const done = {
    id: eventId(slot.slot, count + 1),
    event: "metadata",
    data: JSON.stringify({ status: "run_done", run_id }),
  };
  if (end && log.skipIn(slot) <= count) all.push(done);
  if (modes.includes("lifecycle") && isHandOver(slot) && log.skipIn(slot) === 0) all.push(handOver(slot));
  if (modes.includes("run_modes")) return all;
  return modes.includes("lifecycle") ? all.filter(({ event }) => event === "metadata") : [];
}

/** The hidden record with which a worker goes on where another has handed the run over. */
const isHandOver = ({ nonce, count }: Slot): boolean => count === 0 && nonce.endsWith(OPENING);

/** Ours: the official server has no hand-overs. Only who asks for lifecycle is told. */
const handOver = ({ slot, run_id, written_at }: Slot): TailEvent => ({
  id: eventId(slot, 1),
  event: "metadata",
  data: JSON.stringify({ status: "run_handed_over", run_id, at: new Date(written_at).toISOString() }),
});

async function updateEvents(
  { engine, logger }: ThreadPorts,
  thread: ThreadRow,
  slot: Slot,
  { log, modes }: { log: LogReader; modes: readonly ThreadStreamMode[] },
): Promise<TailEvent[]> {
  if (slot.gen !== thread.gen || !modes.includes("state_update")) return [];
  const { thread_id } = thread;
  const graph_id = graphOf(thread);
  const [event] = (await log.eventsOf(slot)) ?? [];
  if (!event) return [];
  const { checkpoint } = JSON.parse(event.data) as { checkpoint: CheckpointRef };
  const { checkpoint_id, checkpoint_ns } = checkpoint;
  try {
    const selected = { checkpoint_id: checkpoint_id ?? undefined, checkpoint_ns, checkpoint_map: undefined };
    const state = await engine.state({ thread_id, graph_id, checkpoint: selected });
    return [{ ...event, data: JSON.stringify({ state, thread_id }) }];
  } catch (error) {
    logger.warn("a state update is not shown", { thread_id, error: String(error) });
    return [];
  }
}
