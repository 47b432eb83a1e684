/**
 * What has become of a thread after a storm: the shared checker over its record, and what it cannot know: that no step was done twice, and
 * that both servers tell the same. Must not change anything.
 */
import { setTimeout as pause } from "node:timers/promises";
import { isFinal, type RunRow } from "../../functions/core/run/run-row.ts";
import { eventsOf, type ReaderRecord, type Recorded, type Violation, violationsOf } from "../support/invariants.ts";
import { record } from "../support/recorded.ts";
import { framesOf } from "../support/sse.ts";
import type { StormSystem } from "./storm-system.ts";
import { clientOf, insist } from "./reader.ts";

/** ms in which a server that was killed is there again. */
const ANSWERED_WITHIN = 300_000;
/** ms between two looks whether all runs have ended. */
const LOOK = 100;

/** Resolves when no run of the thread is active or waits, or when the signal says that it has been long enough. */
export async function settled({ ports }: StormSystem, thread_id: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const runs = await ports.runs.list(thread_id);
    if (runs.every((run) => isFinal(run))) return;
    await pause(LOOK);
  }
}

export async function violationsOfThread(
  place: StormSystem,
  thread_id: string,
  readers: ReaderRecord[],
  accepted: string[],
): Promise<Violation[]> {
  const recorded = await record(place.ports, thread_id, readers, accepted);
  return [
    ...violationsOf(recorded),
    ...stepsDoneTwice(recorded),
    ...(await disagreements(place, thread_id, recorded)),
  ].map(({ invariant, text }) => ({ invariant, text: `thread ${thread_id}: ${text}` }));
}

/** I7: a step that the log tells of as done is not done again. LangGraph marks what it takes from a stored write and tells once more. */
export function stepsDoneTwice({
  runs,
  slots,
}: Pick<Recorded, "slots"> & { runs: Pick<RunRow, "run_id">[] }): Violation[] {
  return runs.flatMap(({ run_id }) => {
    const told = eventsOf(slots.filter((slot) => slot.run_id === run_id))
      .filter(({ event }) => event === "updates")
      .map(({ data }) => JSON.parse(data) as { step?: { trail: number[] }; __metadata__?: unknown })
      .flatMap(({ step, __metadata__ }) => (step && __metadata__ === undefined ? step.trail : []));
    const twice = told.filter((step, n) => told.indexOf(step) !== n);
    return twice.length ? [{ invariant: "I7", text: `run ${run_id} has told of step ${twice.join()} twice` }] : [];
  });
}

/** Runs, state and the bytes of each stream, as each server tells them. */
async function disagreements({ urls }: StormSystem, thread_id: string, { runs }: Recorded): Promise<Violation[]> {
  const patience = AbortSignal.timeout(ANSWERED_WITHIN);
  // Somebody may kill the server meanwhile: what it told by halves counts for nothing.
  const [one, other] = await Promise.all(urls.map((url) => insist(() => toldBy(url, thread_id, runs), patience)));
  const differing = one?.findIndex((part, n) => part !== other?.[n]) ?? -1;
  if (differing < 0) return [];
  const shown = [one, other].map((told) => told?.[differing]?.slice(0, 300)).join(" / ");
  return [{ invariant: "I5", text: `the servers differ: ${shown}` }];
}

async function toldBy(url: string, thread_id: string, runs: Recorded["runs"]): Promise<string[]> {
  const client = clientOf(url);
  const streams = runs.map(async ({ run_id }) => {
    const path = `${url}/threads/${thread_id}/runs/${run_id}/stream`;
    return framesOf(await (await fetch(path, { headers: { "last-event-id": "-1" } })).text());
  });
  const told = [
    client.runs.list(thread_id, { limit: 100 }),
    client.threads.getState(thread_id),
    client.threads.getHistory(thread_id, { limit: 100 }),
    ...streams,
  ];
  return (await Promise.all(told)).map((part) => JSON.stringify(part));
}
