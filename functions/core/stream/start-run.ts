/** Commands that make a run: `run.start`, and `input.respond` with answers to interrupts (Agent Server API). */
import type { Json } from "../../protocol/json.ts";
import { type InputRespond, type RunStart } from "../../protocol/thread-stream.ts";
import { RunCreate, type StreamMode } from "../../protocol/run.ts";
import { tailOf } from "../log/log-tail.ts";
import type { Ports } from "../ports.ts";
import type { Complaint } from "../run/create/create-result.ts";
import { createRun } from "../run/create/create-run.ts";
import type { RunRow } from "../run/run-row.ts";
import { graphOf, type ThreadRow } from "../thread/thread-row.ts";
import { findThread, shownInterrupts } from "../thread/threads.ts";
import { seqOf } from "./sequence.ts";
import { ANSWER_PATIENCE, ANSWER_POLL } from "./timings.ts";

/** What the thread's stream is made of. */
const MODES: StreamMode[] = ["values", "updates", "messages-tuple", "tools", "custom", "tasks", "checkpoints"];

export type StartResult =
  /** `before`: events up to this one are older than the run. */
  { kind: "started"; run: RunRow; before: number } | Complaint;

interface Asked {
  thread_id: string;
  /** Headers that the project wants in `configurable`. */
  headers: Record<string, string>;
}

/**
 * On a thread that waits for an answer the input is that answer. `null` goes on from the checkpoint, as does its absence. Of two inputs at
 * once, only the first is an answer.
 */
export async function startRun(ports: Ports, asked: Asked, { input, ...params }: RunStart): Promise<StartResult> {
  for (;;) {
    const thread = await findThread(ports, asked.thread_id);
    const answers = input !== undefined && input !== null && thread && (await pendingIds(ports, thread)).length > 0;
    if (!answers) return create(ports, asked, { ...params, input: input ?? null });
    const result = await create(ports, asked, { ...params, command: { resume: input } }, thread.rev);
    if (result.kind !== "outdated") return result;
  }
}

export type RespondResult = StartResult | { kind: "no_run" | "no_interrupt"; detail: string };

/**
 * The ids are checked before there is a run: LangGraph takes a map with an id that it does not know as the answer itself. `namespace` is
 * not needed, as an id names one interrupt of the thread.
 */
export async function respond(ports: Ports, asked: Asked, params: InputRespond): Promise<RespondResult> {
  const { answers, update, goto, strict_resume, ...rest } = params;
  const ids = answers.map(({ interrupt_id }) => interrupt_id);
  const until = ports.clock.monotonic() + ANSWER_PATIENCE;
  for (;;) {
    const found = await untilPending(ports, asked.thread_id, { ids, until });
    if (!found) return { kind: "no_run", detail: `Thread ${asked.thread_id} has no run that could be answered.` };
    const { thread, pending } = found;
    const missing = ids.find((id) => !pending.includes(id));
    if (missing !== undefined)
      return { kind: "no_interrupt", detail: `No interrupt with ID ${missing} waits for an answer.` };
    const resume: Json = Object.fromEntries(answers.map(({ interrupt_id, response }) => [interrupt_id, response]));
    const assistant_id = thread.metadata["assistant_id"] ?? graphOf(thread) ?? null;
    const body = { ...rest, assistant_id, strict_resume, command: { resume, update, goto } };
    const result = await create(ports, asked, body, thread.rev);
    // Perhaps somebody else has answered: then it waits no longer.
    if (result.kind !== "outdated") return result;
  }
}

/** @param rev the thread's, if the body depends on what the thread waits for */
async function create(ports: Ports, { thread_id, headers }: Asked, body: object, rev?: number): Promise<StartResult> {
  const parsed = RunCreate.safeParse({
    ...body,
    if_not_exists: "create",
    stream_mode: MODES,
    stream_subgraphs: true,
    stream_resumable: true,
  });
  if (!parsed.success) return { kind: "invalid", detail: parsed.error.issues.map(({ message }) => message).join("; ") };
  const created = await createRun(ports, {
    thread_id,
    body: parsed.data,
    headers,
    event_version: "v3",
    ...(rev !== undefined && { rev }),
  });
  if (created.kind !== "created") return created;
  const { run } = created;
  return { kind: "started", run, before: await lastBefore(ports, run) };
}

/** Must not fail: the run exists. */
async function lastBefore(ports: Ports, { thread_id, log_start }: RunRow): Promise<number> {
  if (log_start !== undefined) return seqOf(log_start, 0);
  try {
    return await lastSeq(ports, thread_id);
  } catch (error) {
    ports.logger.warn("the end of the log is not known", { thread_id, error: String(error) });
    return 0;
  }
}

/** Of the events that the thread has now; 0 if there is no such thread. */
export async function lastSeq(ports: Pick<Ports, "log" | "threads">, thread_id: string): Promise<number> {
  const thread = await findThread(ports, thread_id);
  return thread ? seqOf((await tailOf(ports.log, thread)) + 1, 0) - 1 : 0;
}

/** Waits while a run that is on its way may still ask. @returns undefined for a thread without a run */
async function untilPending(
  ports: Ports,
  thread_id: string,
  { ids, until }: { ids: readonly string[]; until: number },
): Promise<{ thread: ThreadRow; pending: string[] } | undefined> {
  for (;;) {
    const thread = await findThread(ports, thread_id);
    if (!thread || graphOf(thread) === undefined) return undefined;
    const pending = await pendingIds(ports, thread);
    const isKnown = ids.every((id) => pending.includes(id));
    if (isKnown || thread.active_run === null || ports.clock.monotonic() >= until) return { thread, pending };
    await ports.clock.sleep(ANSWER_POLL);
  }
}

/** Of the thread's interrupts, those of its subgraphs included. A thread with an active run waits for none. */
async function pendingIds(ports: Pick<Ports, "engine">, thread: ThreadRow): Promise<string[]> {
  if (thread.status !== "interrupted" || thread.active_run !== null) return [];
  const interrupts = await shownInterrupts(ports, thread);
  return Object.values(interrupts).flatMap((list) => list.map(({ id }) => id));
}
