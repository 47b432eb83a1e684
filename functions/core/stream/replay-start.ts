/**
 * Where a reader of a thread's stream begins. Without `since`, at the first slot of the active or else the newest run: SDKs dedup by
 * event id, and some of them take the end of an earlier run for that of theirs. With `since`, at the first slot of the run that it is in.
 */
import type { Ports } from "../ports.ts";
import { tailOf } from "../log/log-tail.ts";
import type { Slot } from "../log/slot.ts";
import { isGone, type RunRow } from "../run/run-row.ts";
import type { ThreadRow } from "../thread/thread-row.ts";
import { isOverForWatcher, type Reader } from "./python-sdk.ts";
import { seqOf, slotOf } from "./sequence.ts";

type StartPorts = Pick<Ports, "clock" | "log" | "runs">;

/** Which runs a reader without `since` is shown again: the newest, or all whose events are kept. */
export type Replay = "newest" | "all";

export interface ReplayStart {
  /** Slots after this one are read. */
  after: number;
  /** Events up to this one are left out. */
  since: number;
  /** The run that it begins with, which readers may see. */
  newest?: RunRow;
}

export async function replayStart(
  ports: StartPorts,
  thread: ThreadRow,
  { since, reader, replay }: { since: number | undefined; reader: Reader; replay: Replay },
): Promise<ReplayStart> {
  if (since === undefined && replay === "all" && reader === "other") return { after: 0, since: 0 };
  // The tail first: what is written meanwhile is behind it.
  const tail = await tailOf(ports.log, thread);
  if (since === undefined) {
    const newest = await newestRun(ports, thread, tail);
    const isOver = !newest || isOverForWatcher(reader, { newest, thread, now: ports.clock.now() });
    return isOver ? { after: tail, since: 0 } : { after: beforeLogOf(newest, tail), since: 0, newest };
  }
  if (slotOf(since) > tail) return { after: await beforeActive(ports, thread, tail), since: seqOf(tail + 1, 0) - 1 };
  return { after: await beforeRunOf(ports, thread, slotOf(since)), since };
}

/** The active run, else the last of those that have begun and that readers may see. */
export async function newestRun(ports: StartPorts, thread: ThreadRow, tail: number): Promise<RunRow | undefined> {
  const { thread_id, gen, active_run } = thread;
  const isMeant = (run: RunRow | undefined): run is RunRow =>
    run !== undefined && run.gen === gen && run.log_start !== undefined && !isGone(run);
  if (active_run !== null) {
    const active = await ports.runs.get({ thread_id, run_id: active_run });
    if (isMeant(active)) return active;
  }
  // The last slot of a thread at rest is the end of its newest run, unless its state was updated since.
  const last = await slotAt(ports, thread_id, tail);
  if (!last || last.gen !== gen) return undefined;
  const run = await ports.runs.get(last);
  if (isMeant(run)) return run;
  const runs = await ports.runs.list(thread_id, () => undefined);
  return runs.filter(isMeant).toSorted((a, b) => (b.log_start ?? 0) - (a.log_start ?? 0))[0];
}

const beforeLogOf = ({ log_start }: RunRow, otherwise: number): number =>
  log_start === undefined ? otherwise : log_start - 1;

async function beforeActive({ runs }: StartPorts, { thread_id, active_run }: ThreadRow, tail: number): Promise<number> {
  const run = active_run === null ? undefined : await runs.get({ thread_id, run_id: active_run });
  return run ? beforeLogOf(run, tail) : tail;
}

async function beforeRunOf(ports: StartPorts, { thread_id }: ThreadRow, slot: number): Promise<number> {
  const found = await slotAt(ports, thread_id, slot);
  const run = found && (await ports.runs.get(found));
  return run ? beforeLogOf(run, slot - 1) : Math.max(0, slot - 1);
}

async function slotAt(
  { log }: Pick<Ports, "log">,
  thread_id: string,
  slot: number,
): Promise<(Slot & { thread_id: string }) | undefined> {
  if (slot < 1) return undefined;
  const [found] = await log.read(thread_id, slot - 1, { consistent: true, limit: 1 });
  return found?.slot === slot ? { ...found, thread_id } : undefined;
}
