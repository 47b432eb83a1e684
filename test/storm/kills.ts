/**
 * Processes that are killed while three people read each run: a whole server of two, or single function processes of isolated ones. Says
 * what is wrong afterwards; nothing may be.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "@langchain/langgraph-sdk";
import { createDice, type Dice } from "../sim/dice.ts";
import { commandsWith, descendants, functionOf, isFrozen } from "../support/descendants.ts";
import type { ReaderRecord } from "../support/invariants.ts";
import { settled } from "./check-thread.ts";
import { startStormSystem, type StormSystem } from "./storm-system.ts";
import { clientOf, insist, readToEnd, type Reading } from "./reader.ts";
import { judge, type StormResult, type Thread } from "./two-servers.ts";

export interface KillOptions {
  seed: number;
  /** Kills, one after the other, each with runs of its own. */
  rounds: number;
  isolated: boolean;
  /** Rounds at once: a kill meets runs of others, too, at whatever they are doing. */
  lanes: number;
  /** ms in which the runs of a round have to end. */
  patience: number;
}

export interface KillResult extends Omit<StormResult, "met"> {
  kills: number;
  /** Runs that had to begin another attempt. */
  struck: number;
}

/** Runs of a round, on threads of their own: some are with the one that is killed. Those of steps are held until it was. */
const graphs = (hold: string): [string, object][] => [
  ["steps", { until: 6, ms: 400, hold }],
  ["tokens", { n: 120, delay_ms: 20 }],
  ["steps", { until: 3, ms: 800, hold }],
];
/** Share of kills that hit what runs a graph. */
const WORKERS = 0.7;
/** ms after the first events of a round's runs in which the kill comes. */
const KILL_AFTER = 2_400;
const RESTLESS = 0.1;

export async function killWhileRead({ seed, rounds, isolated, lanes, patience }: KillOptions): Promise<KillResult> {
  const dice = createDice(seed);
  await using place = await startStormSystem(dice, { isolated });
  const kill = isolated ? killFunction : killServer;
  const total: KillResult = { violations: [], statuses: {}, runs: 0, kills: 0, struck: 0 };
  let left = rounds;
  const lane = async (): Promise<void> => {
    while (left-- > 0) add(total, await oneRound(place, dice, patience, kill));
  };
  await Promise.all(Array.from({ length: Math.min(rounds, lanes) }, lane));
  return total;
}

type Kill = (place: StormSystem, dice: Dice) => Promise<number>;

/** Some runs, a kill while they are read, and what has become of them. */
async function oneRound(place: StormSystem, dice: Dice, patience: number, kill: Kill): Promise<KillResult> {
  const signal = AbortSignal.timeout(patience);
  const folder = mkdtempSync(join(tmpdir(), "threadline-kills-"));
  const hold = join(folder, "killed");
  const reading: Reading = { server: () => dice.pick(place.urls), dice, restless: RESTLESS, signal };
  const runs = await Promise.all(graphs(hold).map((asked) => begin(reading, asked)));
  await pause(dice.between(0, KILL_AFTER));
  const killed = kill(place, dice).finally(() => writeFileSync(hold, ""));
  const threads = await Promise.all(
    runs.map(async ({ ref, readers }): Promise<Thread> => {
      await settled(place, ref.thread_id, signal);
      return { thread_id: ref.thread_id, accepted: [ref.run_id], readers: await Promise.all(readers) };
    }),
  );
  const kills = await killed;
  rmSync(folder, { recursive: true });
  const attempts = await Promise.all(runs.map(async ({ ref }) => (await place.ports.runs.get(ref))?.attempt ?? 0));
  return { ...(await judge(place, threads)), kills, struck: attempts.filter((attempt) => attempt > 1).length };
}

function add(total: KillResult, { violations, statuses, runs, kills, struck }: KillResult): void {
  total.violations.push(...violations);
  for (const [status, count] of Object.entries(statuses))
    total.statuses[status] = (total.statuses[status] ?? 0) + count;
  total.runs += runs;
  total.kills += kills;
  total.struck += struck;
}

/** A run with its three readers: who has started it, a second from the start, and one who leaves and comes back. */
async function begin(reading: Reading, [graph, input]: [string, object]) {
  const { stream, ref } = await insist(() => openStream(clientOf(reading.server()), graph, input), reading.signal);
  const readers: Promise<ReaderRecord>[] = [
    readToEnd(ref, { ...reading, restless: 0 }, stream),
    readToEnd(ref, { ...reading, restless: 0 }),
    readToEnd(ref, reading),
  ];
  return { ref, readers };
}

const STREAM_MODES = ["values", "updates", "messages-tuple", "custom"] as const;

/** The stream of a new run on a new thread, whose graph is at work. */
async function openStream(client: Client, graph: string, input: object) {
  const { thread_id } = await client.threads.create();
  let run_id = "";
  const stream = client.runs.stream(thread_id, graph, {
    input: { ...input },
    streamMode: [...STREAM_MODES],
    onRunCreated: (run) => void (run_id = run.run_id),
  });
  const parts = stream[Symbol.asyncIterator]();
  const [metadata, first] = [await parts.next(), await parts.next()];
  async function* whole() {
    for (const { done, value } of [metadata, first]) if (!done) yield value;
    yield* { [Symbol.asyncIterator]: () => parts };
  }
  return { stream: whole(), ref: { thread_id, run_id } };
}

/** One of the two, which is started again at once. @returns how many were killed, when it is there again */
async function killServer(place: StormSystem, dice: Dice): Promise<number> {
  await place.restart(dice.below(2));
  return 1;
}

/** One process of a function that is at work, mostly of a worker: there are many more that answer. @returns how many were killed */
async function killFunction(place: StormSystem, dice: Dice): Promise<number> {
  const all = place.pids().flatMap((pid) => commandsWith("aws-lambda-ric", descendants(pid)));
  const atWork = all.filter((pid) => !isFrozen(pid));
  const workers = atWork.filter((pid) => functionOf(pid) === "threadline-worker");
  const [first, ...others] = workers.length > 0 && dice.chance(WORKERS) ? workers : atWork;
  if (first === undefined) return 0;
  process.kill(dice.pick([first, ...others]), "SIGKILL");
  return Promise.resolve(1);
}
