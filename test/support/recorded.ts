/** What tests of faults record of a thread for the shared checker: its rows, its log, its checkpoints, and what readers saw. */
import type { Slot } from "../../functions/core/log/slot.ts";
import { tailRun } from "../../functions/core/log/tail-log.ts";
import { isFinal, type RunRef } from "../../functions/core/run/run-row.ts";
import type { CorePorts } from "./core-ports.ts";
import { type ReaderRecord, type Recorded, type SeenEvent, violationsOf } from "./invariants.ts";

export interface Watching {
  /** So far. */
  seen: SeenEvent[];
  /** What it saw when its stream has ended, or was left. */
  ended: Promise<ReaderRecord>;
  leave: () => void;
}

/** A reader from the start on. */
export function watchRun(ports: CorePorts, { thread_id, run_id }: RunRef): Watching {
  const left = new AbortController();
  const reader: ReaderRecord = { run_id, from: "start", seen: [] };
  const follow = async (): Promise<ReaderRecord> => {
    const tail = tailRun(ports, { thread_id, run_id }, { cursor: { kind: "start" }, signal: left.signal });
    for (;;) {
      const step = await tail.next();
      if (!step.done) reader.seen.push(...step.value.events);
      else return left.signal.aborted ? reader : { ...reader, end: step.value };
    }
  };
  return { seen: reader.seen, ended: follow(), leave: () => left.abort() };
}

/** @param ports without faults: it is the record that is to be trusted */
export async function record(
  ports: CorePorts,
  thread_id: string,
  readers: ReaderRecord[] = [],
  accepted: string[] = [],
): Promise<Recorded> {
  const thread = await ports.threads.get(thread_id);
  const runs = (await ports.runs.list(thread_id)).filter(({ gen }) => gen === thread?.gen);
  const slots: Slot[] = [];
  for (;;) {
    const page = await ports.log.read(thread_id, slots.at(-1)?.slot ?? 0, { consistent: true });
    if (!page.length) break;
    slots.push(...page);
  }
  const heads: Recorded["heads"] = [];
  for await (const { checkpoint_id, metadata } of ports.checkpoints.heads(thread_id, { ns: "" })) {
    const run_id = metadata["run_id"];
    heads.push({ checkpoint_id, run_id: typeof run_id === "string" ? run_id : "" });
  }
  return { thread, runs, slots: slots.filter(({ gen }) => gen === thread?.gen), heads, readers, accepted };
}

/** The invariants (invariants.ts) over a thread whose runs have all ended; every ended run is read once more from its start. */
export async function expectInvariants(
  ports: CorePorts,
  thread_id: string,
  readers: ReaderRecord[] = [],
  accepted: string[] = [],
): Promise<Recorded> {
  const { runs } = await record(ports, thread_id);
  const ended = runs.filter((run) => isFinal(run));
  const again = await Promise.all(ended.map((run) => watchRun(ports, run).ended));
  const recorded = await record(ports, thread_id, [...readers, ...again], accepted);
  expect(violationsOf(recorded)).toEqual([]);
  return recorded;
}
