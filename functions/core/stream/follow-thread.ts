/**
 * Follows a thread as the thread-centric protocol shows it: the events of its runs, from the newest run's first or after `since`, until the
 * reader leaves. A thread that does not exist yet is waited for: clients open their streams before they start the first run.
 */
import { LogReader } from "../log/log-reader.ts";
import { ROW_POLL } from "../log/timings.ts";
import type { Ports } from "../ports.ts";
import { Redriver } from "../run/redriver.ts";
import { isGone } from "../run/run-row.ts";
import { findThread } from "../thread/threads.ts";
import type { ThreadRow } from "../thread/thread-row.ts";
import { type EventFilter, matcherOf } from "./match-event.ts";
import { forReader, type Reader } from "./python-sdk.ts";
import { type Replay, type ReplayStart, replayStart } from "./replay-start.ts";
import { RunEvents } from "./run-events.ts";
import type { ThreadEvent } from "./thread-event.ts";
import { THREAD_POLL } from "./timings.ts";

type FollowPorts = Pick<Ports, "clock" | "log" | "logger" | "queue" | "runs" | "threads">;

export interface ThreadReader {
  thread_id: string;
  filter: EventFilter;
  since: number | undefined;
  reader: Reader;
  replay: Replay;
}

/** @throws when the log could not be read for as long as READ_LOG allows: the caller aborts the connection */
export async function* followThread(
  ports: FollowPorts,
  { thread_id, filter, since, reader, replay }: ThreadReader,
  signal: AbortSignal,
): AsyncGenerator<ThreadEvent[]> {
  const matches = matcherOf(filter);
  for (let from = since; !signal.aborted; from = undefined) {
    const thread = await untilThere(ports, thread_id, signal);
    if (!thread) return;
    const start = await replayStart(ports, thread, { since: from, reader, replay });
    for await (const events of runsOf(ports, thread, { start, signal })) {
      const shown = events.flatMap((event) => forReader(reader, event) ?? []).filter(matches);
      if (shown.length > 0) yield shown;
    }
  }
}

async function untilThere(
  ports: Pick<Ports, "log" | "threads">,
  thread_id: string,
  signal: AbortSignal,
): Promise<ThreadRow | undefined> {
  while (!signal.aborted) {
    const thread = await findThread(ports, thread_id);
    if (thread) return thread;
    await ports.log.changed(thread_id, 0, THREAD_POLL, signal);
  }
  return undefined;
}

/** Ends when the thread is deleted: with the first slot of the id's next life, as a busy one leaves no pause to look at the row. */
async function* runsOf(
  ports: FollowPorts,
  { thread_id, gen }: ThreadRow,
  { start, signal }: { start: ReplayStart; signal: AbortSignal },
): AsyncGenerator<ThreadEvent[]> {
  const log = new LogReader(ports, thread_id, { after: start.after, skip: 0 }, signal);
  const redriver = new Redriver(ports);
  let current: { run_id: string; events: RunEvents | undefined } | undefined = start.newest && {
    run_id: start.newest.run_id,
    events: new RunEvents(start.newest),
  };
  for (let rowAt = ports.clock.monotonic(); !signal.aborted;) {
    const slots = await log.next();
    for (const slot of slots) {
      log.after = slot.slot;
      if (slot.gen > gen) return;
      if (slot.gen < gen) continue;
      const { run_id } = slot;
      if (current?.run_id !== run_id) current = { run_id, events: await eventsOf(ports, { thread_id, run_id }) };
      if (!current.events) continue;
      const events = (await log.eventsOf(slot)) ?? [];
      const told = current.events.take({ ...slot, events }).filter(({ seq }) => seq > start.since);
      if (told.length > 0) yield told;
    }
    if (slots.length > 0 || ports.clock.monotonic() - rowAt < ROW_POLL) continue;
    rowAt = ports.clock.monotonic();
    const thread = await findThread(ports, thread_id);
    if (thread?.gen !== gen) return;
    const active =
      thread.active_run === null ? undefined : await ports.runs.get({ thread_id, run_id: thread.active_run });
    if (active) await redriver.ifUnheld(active);
  }
}

/** undefined: nothing is shown of a run that was deleted, nor of an update of the state, which is no run. */
async function eventsOf(
  { runs }: Pick<Ports, "runs">,
  ref: { thread_id: string; run_id: string },
): Promise<RunEvents | undefined> {
  const run = await runs.get(ref);
  return run && !isGone(run) ? new RunEvents(run) : undefined;
}
