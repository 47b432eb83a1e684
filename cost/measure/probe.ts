/** One run of a known length with a number of readers, and what it consumed. */
import { setTimeout as pause } from "node:timers/promises";
import type { Consumed, Meter } from "./meter.ts";
import { prose } from "./project/words.ts";

export interface Probe {
  calls: number;
  /** Of each model call. */
  tokens: number;
  /** ms between two tokens. */
  pace: number;
  /** ms before the first token of each call. */
  silence: number;
  /** Readers of the whole stream. */
  readers: number;
  /** KB of messages on the thread before the run. */
  stateKb: number;
}

export const SHORT: Probe = { calls: 1, tokens: 1, pace: 0, silence: 0, readers: 0, stateKb: 0 };

/** The modes that useStream requests. */
const STREAM_MODE = ["values", "messages-tuple"];
const KB = 1_024;
const MESSAGE_KB = 4;
/** ms. Longer than any write after a run's end takes. */
const SETTLE = 1_000;
const POLL = 100;

export interface Measured extends Consumed {
  thread_id: string;
  /** KB of the bodies of all readers. */
  sentKb: number;
}

/** @param meter of the process that the server shares */
export async function measureProbe(url: string, meter: Meter, probe: Probe): Promise<Measured> {
  const thread_id = await created(`${url}/threads`, {}, "thread_id");
  if (probe.stateKb > 0) await fillState(url, thread_id, probe.stateKb);
  const before = meter.of(thread_id);

  const { readers, stateKb: _, ...input } = probe;
  const message = { role: "user", content: "Tell me a story." };
  const run = { assistant_id: "talk", input: { messages: [message], ...input }, stream_mode: STREAM_MODE };
  const run_id = await created(`${url}/threads/${thread_id}/runs`, run, "run_id");
  const path = `${url}/threads/${thread_id}/runs/${run_id}`;
  const read = async (): Promise<number> => {
    const stream = await fetch(`${path}/stream`, { headers: { "last-event-id": "-1" } });
    return (await stream.bytes()).length;
  };
  const bodies = await Promise.all(Array.from({ length: readers }, read));
  if (readers === 0) await quiet(meter, thread_id);
  await pause(SETTLE);
  const after = meter.of(thread_id);
  const sentKb = bodies.reduce((sum, bytes) => sum + bytes / KB, 0);
  return { thread_id, writes: after.writes - before.writes, reads: after.reads - before.reads, sentKb };
}

/** Waits until the thread consumes nothing more, because reading the run's status would cost, too. Heartbeats are 5 s apart. */
async function quiet(meter: Meter, thread_id: string): Promise<void> {
  for (let before = -1, since = performance.now(); performance.now() - since < 7 * SETTLE; await pause(POLL)) {
    const { writes, reads } = meter.of(thread_id);
    if (writes + reads !== before) since = performance.now();
    before = writes + reads;
  }
}

async function fillState(url: string, thread_id: string, stateKb: number): Promise<void> {
  const messages = Array.from({ length: Math.ceil(stateKb / MESSAGE_KB) }, (_, n) => ({
    role: n % 2 ? "assistant" : "user",
    content: prose(n, MESSAGE_KB * KB),
  }));
  const { calls, tokens, pace, silence } = SHORT;
  const input = { messages, calls, tokens, pace, silence };
  // The model of this project can only stream, and it streams only in a mode of messages.
  const run = { assistant_id: "talk", input, stream_mode: STREAM_MODE };
  await post(`${url}/threads/${thread_id}/runs/wait`, run);
}

async function created(url: string, body: object, id: "thread_id" | "run_id"): Promise<string> {
  const answer = await post(url, body);
  const value: unknown = typeof answer === "object" && answer !== null ? Reflect.get(answer, id) : undefined;
  if (typeof value !== "string") throw new Error(`POST ${url} gave no ${id}.`);
  return value;
}

async function post(url: string, body: object): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`POST ${url}: ${response.status} ${await response.text()}`);
  return response.json();
}
