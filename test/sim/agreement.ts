/** Whether the rows of a thread and of its runs say the same at one moment. Must not know what led there. */
import { toRun, toThread } from "../../functions/aws/table/row-items.ts";
import { isFinal, type RunRow } from "../../functions/core/run/run-row.ts";
import type { ThreadRow } from "../../functions/core/thread/thread-row.ts";
import type { Violation } from "../support/invariants.ts";
import type { Change, Table } from "./table.ts";

interface Thread {
  thread_id: string;
  /** Of a run, for people. */
  name: (run_id: string) => string;
  /** Whether slots may have expired. */
  expiry: boolean;
}

export function disagreements(table: Table, { thread_id, name, expiry }: Thread): Violation[] {
  const item = table.get({ pk: `T#${thread_id}`, sk: "A" });
  const thread = item && toThread(item);
  if (!thread || thread.deleted) return [];
  const found: Violation[] = [];
  const runs = runsOf(table, thread);
  const active = runs.find(({ run_id }) => run_id === thread.active_run);
  if (thread.active_run !== null && (!active || isFinal(active)))
    found.push({
      invariant: "I5",
      text: `the thread is busy with ${name(thread.active_run)}, which is ${active?.status}`,
    });
  for (const run of runs) {
    if (isFinal(run) || run === active || run.starts_at !== undefined) continue;
    if (run.status === "running") found.push({ invariant: "I6", text: `${name(run.run_id)} runs and is not active` });
    if (!thread.queue.includes(run.run_id))
      found.push({ invariant: "I6", text: `${name(run.run_id)} waits behind nothing` });
  }
  if (thread.active_run === null && thread.queue.length)
    found.push({ invariant: "I6", text: `idle with ${thread.queue.length} waiting` });
  if (!active || expiry || active.log_start === undefined) return found;
  const first = table.get({ pk: `L#${thread_id}`, sk: String(active.log_start).padStart(10, "0") });
  if (first?.["i"] !== `${active.run_id}.first`)
    found.push({
      invariant: "I1",
      text: `${name(active.run_id)} is active without its first slot ${active.log_start}`,
    });
  return found;
}

function runsOf(table: Table, { thread_id, gen }: ThreadRow): RunRow[] {
  const items = table.partition(`T#${thread_id}`).filter(({ sk }) => String(sk).startsWith("R#"));
  return items.map(toRun).filter((run) => run.gen === gen);
}

/** Heartbeats and redrives change nothing of what rows say about each other. */
export const mattersToRows = ({ key, before, after }: Change): boolean =>
  key.pk.startsWith("T#") &&
  !(
    key.sk.startsWith("R#") &&
    before?.["status"] === after?.["status"] &&
    before?.["starts_at"] === after?.["starts_at"]
  );
