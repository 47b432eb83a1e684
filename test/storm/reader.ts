/**
 * A reader with the stock SDK, who goes away and comes back to any of the servers, by what it has seen last. Notes what it sees for the
 * shared checker. Must not repair anything: an event that comes twice, or not at all, is in its record.
 */
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "@langchain/langgraph-sdk";
import type { RunRef } from "../../functions/core/run/run-row.ts";
import type { Dice } from "../sim/dice.ts";
import type { ReaderRecord, SeenEvent } from "../support/invariants.ts";

/** Retries of our own, with another server, instead of the SDK's: a server that was killed stays away for seconds. */
export const clientOf = (apiUrl: string): Client =>
  new Client({ apiUrl, apiKey: null, callerOptions: { maxRetries: 1 } });

export interface Reading {
  /** Where the next connection goes. */
  server: () => string;
  dice: Dice;
  /** Share of events after which it leaves and comes back. */
  restless: number;
  signal: AbortSignal;
}

/** ms between two tries while nobody answers. */
const AGAIN = 250;

interface Part {
  id?: string | undefined;
  event: string;
  data: unknown;
}

const seenOf = ({ id, event, data }: Part): SeenEvent => ({
  ...(id === undefined ? {} : { id }),
  event,
  data: JSON.stringify(data),
});

/** Reads a run from its start to its end, however often it has to come back. @param first a stream that is open already */
export async function readToEnd(
  { thread_id, run_id }: RunRef,
  { server, dice, restless, signal }: Reading,
  first?: AsyncIterable<Part>,
): Promise<ReaderRecord> {
  const seen: SeenEvent[] = [];
  let opened = first;
  while (!signal.aborted) {
    const client = clientOf(server());
    const leave = new AbortController();
    try {
      const lastEventId = seen.at(-1)?.id ?? "-1";
      const stream = opened ?? client.runs.joinStream(thread_id, run_id, { lastEventId, signal: leave.signal });
      opened = undefined;
      let left = false;
      for await (const part of stream) {
        seen.push(seenOf(part));
        if (!dice.chance(restless)) continue;
        left = true;
        break;
      }
      leave.abort();
      if (left) continue;
      // Whoever has seen the end finds the run ended, whichever server is asked.
      const status = await statusOf(server, { thread_id, run_id }, signal);
      return { run_id, from: "start", seen, end: status === undefined ? { kind: "gone" } : { kind: "ended", status } };
    } catch (error) {
      if (isGone(error)) return { run_id, from: "start", seen, end: { kind: "gone" } };
      await pause(AGAIN);
    }
  }
  return { run_id, from: "start", seen };
}

/** @returns undefined if there is no such run */
const statusOf = (server: () => string, { thread_id, run_id }: RunRef, signal: AbortSignal) =>
  insist(
    () =>
      clientOf(server())
        .runs.get(thread_id, run_id)
        .then(
          ({ status }) => status,
          (error: unknown) => (isGone(error) ? undefined : Promise.reject(error)),
        ),
    signal,
  );

/** Asks until somebody answers. */
export async function insist<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted) throw error;
      await pause(AGAIN);
    }
  }
}

export const isGone = (error: unknown): boolean => error instanceof Error && "status" in error && error.status === 404;
