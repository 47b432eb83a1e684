/** Tabs of a browser that follow one thread by the thread-centric protocol: what their streams cost the server. */
import { randomUUID } from "node:crypto";
import { countCalls } from "./count-calls.ts";

export const TABS = 100;
/** A model's answer of five seconds. */
const ANSWER = { n: 250, delay_ms: 20 };
/** Reads of the table: of the log, and of the rows of thread and run. */
const READS = ["QueryCommand", "GetCommand", "BatchGetCommand"];
const TYPE = { "content-type": "application/json" };

export interface Tabs {
  thread_id: string;
  /** Resolves once each has seen the end of the run. */
  ended: Promise<unknown>;
  close: () => void;
}

/** Resolves once each has its first byte. */
export async function openTabs(url: string, count: number): Promise<Tabs> {
  const thread_id = randomUUID();
  const leave = new AbortController();
  const readers = await Promise.all(Array.from({ length: count }, () => openTab(url, thread_id, leave.signal)));
  return { thread_id, ended: Promise.all(readers.map(untilEnd)), close: () => leave.abort() };
}

/** Starts the run that the tabs see. */
export async function answer(url: string, thread_id: string): Promise<void> {
  const command = { id: 1, method: "run.start", params: { assistant_id: "tokens", input: ANSWER } };
  const path = `${url}/threads/${thread_id}/commands`;
  const response = await fetch(path, { method: "POST", headers: TYPE, body: JSON.stringify(command) });
  if (!(await response.text()).includes("run_id")) throw new Error("The run was not started.");
}

/** @returns reads of the table a second while a run speaks, by all tabs together */
export async function readsWhileSpeaking(url: string): Promise<number> {
  const { thread_id, ended, close } = await openTabs(url, TABS);
  try {
    const began = performance.now();
    const { calls } = await countCalls(async () => {
      await answer(url, thread_id);
      await ended;
    });
    const reads = READS.reduce((sum, name) => sum + (calls.get(name) ?? 0), 0);
    return (reads / (performance.now() - began)) * 1_000;
  } finally {
    close();
  }
}

async function openTab(
  url: string,
  thread_id: string,
  signal: AbortSignal,
): Promise<ReadableStreamDefaultReader<string>> {
  const body = JSON.stringify({ channels: ["values", "checkpoints", "lifecycle", "input", "messages", "tools"] });
  const asked = { method: "POST", headers: TYPE, body, signal };
  const { body: stream } = await fetch(`${url}/threads/${thread_id}/stream/events`, asked);
  if (!stream) throw new Error("The stream has no body.");
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  await reader.read();
  return reader;
}

async function untilEnd(reader: ReadableStreamDefaultReader<string>): Promise<void> {
  for (let last = ""; ;) {
    const { value, done } = await reader.read();
    if (done) throw new Error("A stream has ended before its run.");
    // The id of the event may come in two pieces.
    if ((last + value).includes("lc||completed")) return;
    last = value;
  }
}
