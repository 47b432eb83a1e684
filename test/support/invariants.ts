/**
 * Checks the invariants I1 to I10 over what was recorded of a thread: its rows, its log, its visible checkpoints and what every reader saw.
 * For the simulator and the fault tests. Must not know how the record was made; whatever needs the moments in between is test/sim/watch.ts.
 */
import { decodeEvents } from "../../functions/core/log/slot-payload.ts";
import { isStreamOnly } from "../../functions/core/stream/stream-only.ts";
import type { Slot } from "../../functions/core/log/slot.ts";
import { isFinal, isGone, type RunRow } from "../../functions/core/run/run-row.ts";
import type { ThreadRow } from "../../functions/core/thread/thread-row.ts";

export type Invariant = "I1" | "I2" | "I3" | "I4" | "I5" | "I6" | "I7" | "I8" | "I10";
export interface Violation {
  invariant: Invariant;
  text: string;
}

export interface SeenEvent {
  id?: string;
  event: string;
  data: string;
}

export interface ReaderRecord {
  run_id: string;
  /** `start` saw the run from its first slot on, over all its connections; `live` from wherever it joined. */
  from: "start" | "live";
  seen: SeenEvent[];
  /** How its stream ended; absent = it did not. */
  end?: { kind: "ended"; status: string } | { kind: "gone" };
}

export interface Recorded {
  thread: ThreadRow | undefined;
  /** Runs of the thread's present generation, as they are at the end. */
  runs: RunRow[];
  /** The whole log of the present generation, ascending. */
  slots: Slot[];
  /** Visible root checkpoints, newest first. */
  heads: { checkpoint_id: string; run_id: string }[];
  readers: ReaderRecord[];
  /** Run ids in the order of their create transactions, as far as known. */
  accepted: string[];
  /** Slots may be missing because their time was over. */
  expired?: boolean;
}

/** Everything that is wrong, empty if nothing is. */
export function violationsOf(recorded: Recorded): Violation[] {
  return [
    ...recorded.runs.flatMap((run) => checkRun(recorded, run)),
    ...checkLog(recorded),
    ...checkThread(recorded),
    ...checkOrder(recorded),
    ...recorded.readers.flatMap((reader) => checkReader(recorded, reader)),
  ];
}

const wrong = (invariant: Invariant, text: string): Violation => ({ invariant, text });

function checkLog({ slots, expired }: Recorded): Violation[] {
  if (expired) return [];
  const first = slots[0]?.slot ?? 1;
  return slots.flatMap(({ slot }, i) => (slot === first + i ? [] : [wrong("I1", `hole before slot ${slot}`)]));
}

function checkRun({ slots, thread, expired }: Recorded, run: RunRow): Violation[] {
  const found: Violation[] = [];
  const own = slots.filter(({ run_id }) => run_id === run.run_id);
  const name = `run ${run.run_id} (${run.status})`;
  if (!isFinal(run) && !thread?.deleted) found.push(wrong("I3", `${name} has not ended`));
  if (isFinal(run) && run.cancel !== undefined && !CANCELED.has(run.status))
    found.push(wrong("I5", `${name} had an accepted cancel "${run.cancel}"`));

  const ends = own.filter(({ end }) => end !== undefined);
  const expected = isFinal(run) && run.log_end !== undefined ? 1 : 0;
  if (!expired && ends.length !== expected) found.push(wrong("I1", `${name} has ${ends.length} end records`));
  const [end] = ends;
  if (end && own.at(-1) !== end) found.push(wrong("I1", `${name}: slot ${own.at(-1)?.slot} after its end ${end.slot}`));
  // A client may delete a run that has ended.
  if (end && end.end !== run.status && run.status !== "deleted")
    found.push(wrong("I5", `${name}: the log says ${end.end}`));
  if (end && isFinal(run) && run.log_end !== end.slot) found.push(wrong("I5", `${name}: log_end is ${run.log_end}`));

  own.reduce((epoch, slot) => {
    if (slot.epoch < epoch) found.push(wrong("I4", `${name}: slot ${slot.slot} of epoch ${slot.epoch} after ${epoch}`));
    return Math.max(epoch, slot.epoch);
  }, 0);
  const attempts = eventsOf(own).flatMap(({ event, data }) => (event === "metadata" ? [attemptOf(data)] : []));
  if (attempts.some((attempt, i) => i > 0 && attempt <= (attempts[i - 1] ?? 0)))
    found.push(wrong("I1", `${name} has the attempts ${attempts.join(", ")}`));
  if (!expired && own.length && attempts[0] !== 1) found.push(wrong("I1", `${name} does not begin with attempt 1`));
  return found;
}

const CANCELED = new Set(["interrupted", "rolled_back", "deleted"]);

function attemptOf(data: string): number {
  const { attempt } = JSON.parse(data) as { attempt: number };
  return attempt;
}

function checkThread({ thread, runs, heads }: Recorded): Violation[] {
  if (!thread) return [];
  const found: Violation[] = [];
  const open = runs.filter((run) => !isFinal(run)).map(({ run_id }) => run_id);
  const known = [...(thread.active_run === null ? [] : [thread.active_run]), ...thread.queue];
  if (thread.deleted && thread.active_run !== null) found.push(wrong("I5", "a deleted thread has an active run"));
  for (const run_id of known)
    if (!thread.deleted && !open.includes(run_id))
      found.push(wrong("I5", `the thread names ${run_id}, which has ended`));
  for (const run_id of open)
    if (!thread.deleted && !known.includes(run_id)) found.push(wrong("I6", `${run_id} waits behind nothing`));
  if ((thread.status === "busy") !== (thread.active_run !== null) && !thread.deleted)
    found.push(wrong("I5", `the thread is ${thread.status} with ${thread.active_run} active`));
  const { head } = thread;
  if (head && !thread.deleted && !heads.some(({ checkpoint_id }) => checkpoint_id === head.checkpoint_id))
    found.push(wrong("I5", `the thread shows checkpoint ${head.checkpoint_id}, which is not visible`));
  for (const { run_id } of heads) {
    const run = runs.find((one) => one.run_id === run_id);
    if (run && isGone(run)) found.push(wrong("I5", `a checkpoint of ${run_id} is visible, which is ${run.status}`));
  }
  return found;
}

/** Runs start in the order in which they were accepted. */
function checkOrder({ slots, runs, accepted }: Recorded): Violation[] {
  const started = slots.filter(({ nonce, run_id }) => nonce === `${run_id}.first`).map(({ run_id }) => run_id);
  const order = started.filter((run_id) => accepted.includes(run_id) && runs.some((run) => run.run_id === run_id));
  return order.flatMap((run_id, i) => {
    const before = order[i - 1];
    return before !== undefined && accepted.indexOf(run_id) < accepted.indexOf(before)
      ? [wrong("I6", `${run_id} was accepted before ${before} and started after it`)]
      : [];
  });
}

function checkReader({ slots, runs, thread, expired }: Recorded, reader: ReaderRecord): Violation[] {
  const name = `a reader of ${reader.run_id}`;
  const run = runs.find(({ run_id }) => run_id === reader.run_id);
  const found: Violation[] = [];
  if (!reader.end) found.push(wrong("I3", `${name} never ended; the run is ${run?.status}`));
  if (!run || expired) return found;

  const { end } = reader;
  const isHidden = isGone(run) || (thread?.deleted === true && !thread.temporary);
  if (end?.kind === "gone" && !isHidden)
    found.push(wrong("I2", `${name} was told that it is gone; it is ${run.status}`));
  if (end?.kind === "ended" && isFinal(run) && end.status !== run.status && run.status !== "deleted")
    found.push(wrong("I5", `${name} ended with ${end.status}; the run is ${run.status}`));
  const ofRun = eventsOf(slots.filter(({ run_id }) => run_id === reader.run_id));
  const all = ofRun.filter((event) => !isStreamOnly(event));
  const from =
    reader.from === "start"
      ? 0
      : Math.max(
          all.findIndex(({ id }) => id === reader.seen[0]?.id),
          0,
        );
  const want = reader.from === "start" || reader.seen.length ? all.slice(from) : [];
  // Whose run has gone may have been told so before the last events.
  const compared = isHidden ? want.slice(0, reader.seen.length) : want;
  const difference = firstDifference(compared, reader.seen);
  if (end && difference !== undefined) found.push(wrong("I2", `${name} saw ${difference}`));
  return found;
}

function firstDifference(want: SeenEvent[], seen: SeenEvent[]): string | undefined {
  for (let i = 0; i < Math.max(want.length, seen.length); i++) {
    const [a, b] = [want[i], seen[i]];
    if (a?.id !== b?.id || a?.event !== b?.event || a?.data !== b?.data)
      return `${shown(b)} where the log has ${shown(a)} (event ${i + 1}, ${seen.length} seen, ${want.length} written)`;
  }
  return undefined;
}

const shown = (event: SeenEvent | undefined): string =>
  event ? `${event.id} ${event.event} ${event.data.slice(0, 60)}` : "nothing";

/** The events of one run's slots with their ids; parts count when the slot that ends them says that they are its own (design 3). */
export function eventsOf(slots: readonly Slot[]): (SeenEvent & { id: string })[] {
  return slots.flatMap((slot, i) => {
    if (slot.more || slot.count === 0) return [];
    const parts = slot.parts ? slots.slice(Math.max(i - slot.parts, 0), i) : [];
    const payload = Buffer.concat([...parts, slot].map((part) => part.payload));
    return decodeEvents(payload).map((event, n) => ({ id: `${slot.slot}-${n + 1}`, ...event }));
  });
}
