/**
 * Two servers on one table behind a stormy way to it, and people who use both at once. Says what is wrong afterwards; nothing may be.
 * Must not know the faults' shares, which are the proxy's.
 */
import { createDice } from "../sim/dice.ts";
import { type ReaderRecord, type Violation } from "../support/invariants.ts";
import { CALM, rougher, STORMY } from "../support/table-proxy.ts";
import { settled, violationsOfThread } from "./check-thread.ts";
import { actOnThread } from "./person.ts";
import { startStormSystem, type StormSystem } from "./storm-system.ts";
import type { Reading } from "./reader.ts";

export interface StormOptions {
  seed: number;
  people: number;
  /** Of each. */
  acts: number;
  /** Faults as many times as often as usual. */
  roughness: number;
  /** ms in which every run has to end: a lost lease is taken up by its readers within 20 s, or by the sweeper after a minute or two. */
  patience: number;
}

export interface StormResult {
  violations: Violation[];
  runs: number;
  /** Runs by how they ended. */
  statuses: Record<string, number>;
  /** Requests to the table by what they met. */
  met: Record<string, number>;
}

/** Share of events after which the second reader leaves and comes back, elsewhere; the third twice as often. */
const RESTLESS = 0.05;

export async function stormTwoServers({ seed, people, acts, roughness, patience }: StormOptions): Promise<StormResult> {
  const dice = createDice(seed);
  await using place = await startStormSystem(dice, { isolated: false });
  place.proxy.set(rougher(STORMY, roughness));
  const signal = AbortSignal.timeout(patience);
  const reading: Reading = { server: () => dice.pick(place.urls), dice, restless: RESTLESS, signal };
  const all = await Promise.all(Array.from({ length: people }, () => actOnThread(reading, acts)));
  await Promise.all(all.map(({ thread_id }) => settled(place, thread_id, signal)));
  const readers = await Promise.all(all.map((person) => Promise.all(person.readers)));
  place.proxy.set(CALM);
  return {
    ...(await judge(
      place,
      all.map(({ thread_id, accepted }, n) => ({ thread_id, accepted, readers: readers[n] ?? [] })),
    )),
    met: { ...place.proxy.met },
  };
}

export interface Thread {
  thread_id: string;
  accepted: string[];
  readers: ReaderRecord[];
}

export async function judge(place: StormSystem, threads: Thread[]): Promise<Omit<StormResult, "met">> {
  const violations: Violation[] = [];
  const statuses: Record<string, number> = {};
  for (const { thread_id, readers, accepted } of threads) {
    violations.push(...(await violationsOfThread(place, thread_id, readers, accepted)));
    for (const { status } of await place.ports.runs.list(thread_id)) statuses[status] = (statuses[status] ?? 0) + 1;
  }
  return { violations, statuses, runs: Object.values(statuses).reduce((sum, count) => sum + count, 0) };
}
