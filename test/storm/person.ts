/**
 * One person on a thread, by dice: sends before the last answer is there, cancels, answers interrupts, and reads each run three times. Asks
 * any of the servers. Must not judge what comes back.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "@langchain/langgraph-sdk";
import type { ReaderRecord } from "../support/invariants.ts";
import { clientOf, insist, readToEnd, type Reading } from "./reader.ts";

export interface Person {
  thread_id: string;
  /** Runs that were accepted, in order. */
  accepted: string[];
  readers: Promise<ReaderRecord>[];
}

type Ask = Parameters<Client["runs"]["create"]>[2];
const human = { messages: [{ role: "user", content: "what is the weather in sf", id: "msg-human-1" }] };
const ASKED: readonly [[string, object], ...[string, object][]] = [
  ["steps", { until: 4, ms: 150 }],
  ["steps", { until: 2, ms: 400 }],
  ["tokens", { n: 40, delay_ms: 10 }],
  ["parent", { foo: "foo" }],
  ["tool_agent", human],
  ["hitl", { some_text: "Original text" }],
  ["parallel_interrupts", {}],
  ["boom", { foo: "foo" }],
];
const STRATEGIES = ["enqueue", "interrupt", "rollback", "reject"] as const;
const STREAM_MODES = ["values", "updates", "messages-tuple", "custom"] as const;

/** How many read each run. */
const READERS = 3;
/** ms, at most, between two acts. */
const PAUSE = 500;

/** @param acts what the person does before leaving */
export async function actOnThread(reading: Reading, acts: number): Promise<Person> {
  const { dice, signal } = reading;
  const any = (): Client => clientOf(reading.server());
  const { thread_id } = await insist(() => any().threads.create(), signal);
  const accepted: string[] = [];
  const readers: Promise<ReaderRecord>[] = [];

  const send = async (graph: string, asked: Ask): Promise<void> => {
    const streamMode = [...STREAM_MODES];
    // Refused, or swallowed by the storm: the person goes on, and whatever came of it is in the record of the thread.
    const run = await any()
      .runs.create(thread_id, graph, {
        streamMode,
        streamSubgraphs: true,
        multitaskStrategy: dice.pick(STRATEGIES),
        ...asked,
      })
      .catch(() => undefined);
    if (!run) return;
    accepted.push(run.run_id);
    for (let n = 0; n < READERS; n++)
      readers.push(readToEnd({ thread_id, run_id: run.run_id }, { ...reading, restless: n * reading.restless }));
  };
  for (let act = 0; act < acts && !signal.aborted; act++) {
    const last = accepted.at(-1);
    const roll = dice.next();
    if (roll < 0.15 && last !== undefined)
      await any()
        .runs.cancel(thread_id, last, dice.chance(0.3), dice.pick(["interrupt", "rollback"]))
        .catch(() => undefined);
    else if (roll < 0.3) await send("hitl", { command: { resume: "an answer" } });
    else {
      const [graph, input] = dice.pick(ASKED);
      await send(graph, { input: { ...input } });
    }
    await pause(dice.between(0, PAUSE));
  }
  return { thread_id, accepted, readers };
}
