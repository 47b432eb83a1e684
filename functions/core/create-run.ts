/**
 * Create: resolve the assistant, decide by the thread, write run, thread, pointer, input and first slot in one transaction, then send
 * (design 5.1). Must not run anything, and must not fail once the run exists.
 */
import type { Assistant } from "../protocol/assistant.ts";
import type { JsonObject } from "../protocol/json.ts";
import type { RunCreate, RunKwargs } from "../protocol/run.ts";
import { findAssistant } from "./assistants.ts";
import { firstSlot, metadataEvent } from "./first-slot.ts";
import { admit } from "./multitask.ts";
import type { CreateTransaction, Ports } from "./ports.ts";
import type { PendingRun, ThreadRow } from "./rows.ts";
import { eventId } from "./cursor.ts";
import { newThread } from "./create-thread.ts";
import { callersKeys } from "./reserved-metadata.ts";
import { tooLarge } from "./size-limits.ts";
import { pack } from "./slot-payload.ts";
import { CONFLICT_PAUSE, CONFLICT_PAUSE_MAX, CONFLICT_TRIES, INPUT_INLINE_BYTES, nudgeAfter } from "./timings.ts";

export interface RunRequest {
  /** null = stateless: a temporary thread of its own. */
  thread_id: string | null;
  body: RunCreate;
}

export type CreateResult =
  | { kind: "created"; run: PendingRun; first?: { id: string; event: string; data: string } }
  | {
      kind:
        | "assistant_not_found"
        | "thread_not_found"
        | "busy"
        | "queue_full"
        | "contended"
        | "unsupported"
        | "invalid";
      detail: string;
    };

type CreatePorts = Pick<Ports, "clock" | "ids" | "logger" | "log" | "threads" | "runs" | "inputs" | "queue" | "engine">;

export async function createRun(ports: CreatePorts, request: RunRequest): Promise<CreateResult> {
  const { body } = request;
  const refusal = refuse(request);
  if (refusal) return refusal;
  const assistant = findAssistant(ports.engine, body.assistant_id);
  if (!assistant) return notFound(body.assistant_id);

  const run_id = ports.ids.uuid7();
  const thread_id = request.thread_id ?? ports.ids.uuid7();
  const input = pack(Buffer.from(JSON.stringify(kwargsOf(request, assistant))));
  const inline = input.length <= INPUT_INLINE_BYTES;
  const input_parts = inline ? 1 : await ports.inputs.put(run_id, input);

  for (let n = 0; n < CONFLICT_TRIES; n++) {
    if (n) await ports.clock.sleep(Math.random() * Math.min(CONFLICT_PAUSE * 2 ** n, CONFLICT_PAUSE_MAX));
    const seen = request.thread_id === null ? undefined : await ports.threads.get(thread_id);
    const missing = !seen || seen.deleted;
    if (missing && request.thread_id !== null && body.if_not_exists === "reject")
      return { kind: "thread_not_found", detail: `Thread with ID ${thread_id} not found` };

    const now = ports.clock.now();
    const thread = missing ? newThread({ thread_id, now, seen, temporary: request.thread_id === null }) : seen;
    const admission = admit(thread, body.multitask_strategy);
    if (admission === "busy" || admission === "queue_full") return refused(admission);

    // The row's tail is enough for a first try; after a conflict the log itself is asked (model rule tailIsMaxOfRowAndLog).
    const tail = n && seen ? Math.max(seen.log_tail, await ports.log.tail(thread_id)) : thread.log_tail;
    const active = admission === "activate";
    const run = pendingRun(request, assistant, {
      run_id,
      thread,
      input_parts,
      now,
      ...(active && { log_start: tail + 1 }),
    });
    const transaction: CreateTransaction = {
      run,
      thread: { row: threadWith(thread, run, active), seen: seen?.rev },
      ...(active && { due: now + nudgeAfter(1), first: firstSlot(run_id, thread.gen, tail + 1, now) }),
      ...(inline && { input }),
    };
    if ((await ports.runs.create(transaction)) === "conflict" && !(await ports.runs.get(run))) continue;

    ports.logger.info("run created", { run_id, thread_id, graph_id: run.graph_id, queued: !active });
    if (active) await sendQuietly(ports, run);
    return {
      kind: "created",
      run,
      ...(active && { first: { id: eventId(tail + 1, 1), ...metadataEvent(run_id, 1) } }),
    };
  }
  return { kind: "contended", detail: "The thread is changing too quickly. Try again." };
}

/** The row is the truth: a lost send is made up for by a reader or the sweep, so it must not fail the request. */
export async function sendQuietly(
  ports: Pick<Ports, "queue" | "logger">,
  { run_id, thread_id }: { run_id: string; thread_id: string },
): Promise<void> {
  try {
    await ports.queue.send({ run_id, thread_id });
  } catch (error) {
    ports.logger.warn("send failed, the sweep repeats it", { run_id, thread_id, error: String(error) });
  }
}

const later = (what: string): CreateResult => ({ kind: "unsupported", detail: `${what} is not supported yet` });

function refuse({ thread_id, body }: RunRequest): CreateResult | undefined {
  if (body.multitask_strategy === "interrupt" || body.multitask_strategy === "rollback")
    return later(`multitask_strategy "${body.multitask_strategy}"`);
  if (body.after_seconds) return later("after_seconds");
  if (body.webhook !== undefined) return later("webhook");
  if (thread_id === null && body.command?.resume !== undefined)
    return { kind: "invalid", detail: "You must provide a thread_id when resuming." };
  const large = tooLarge({ metadata: body.metadata, config: body.config });
  return large ? { kind: "invalid", detail: large } : undefined;
}

const notFound = (id: string): CreateResult => ({
  kind: "assistant_not_found",
  detail: `No assistant found for "${id}". Make sure the assistant ID is for a valid assistant or a valid graph ID.`,
});

const refused = (kind: "busy" | "queue_full"): CreateResult => ({
  kind,
  detail:
    kind === "busy"
      ? "Thread is already running a task. Wait for it to finish or choose a different multitask strategy."
      : "Too many runs are waiting on this thread. Try again when some have finished.",
});

function pendingRun(
  { body }: RunRequest,
  assistant: Assistant,
  at: { run_id: string; thread: ThreadRow; input_parts: number; now: number; log_start?: number },
): PendingRun {
  const { thread, now } = at;
  const time = new Date(now).toISOString();
  const { graph_id, assistant_id } = assistant;
  return {
    run_id: at.run_id,
    thread_id: thread.thread_id,
    assistant_id,
    graph_id,
    created_at: time,
    updated_at: time,
    status: "pending",
    metadata: {
      ...assistant.metadata,
      ...callersKeys(thread.metadata),
      ...callersKeys(body.metadata),
      graph_id,
      assistant_id,
    },
    multitask_strategy: body.multitask_strategy,
    gen: thread.gen,
    temporary: thread.temporary,
    on_completion: body.on_completion,
    stream_mode: body.stream_mode,
    subgraphs: body.stream_subgraphs,
    resumable: body.stream_resumable,
    input_parts: at.input_parts,
    epoch: 0,
    attempt: 0,
    tries: 0,
    at: null,
    handed: false,
    lease_until: 0,
    since: now,
    sends: at.log_start === undefined ? 0 : 1,
    sent_at: now,
    ...(at.log_start !== undefined && { log_start: at.log_start }),
  };
}

function threadWith(thread: ThreadRow, run: PendingRun, active: boolean): ThreadRow {
  return {
    ...thread,
    rev: thread.rev + 1,
    updated_at: run.updated_at,
    status: "busy",
    metadata: { ...thread.metadata, graph_id: run.graph_id, assistant_id: run.assistant_id },
    active_run: active ? run.run_id : thread.active_run,
    queue: active ? thread.queue : [...thread.queue, run.run_id],
    log_tail: run.log_start ?? thread.log_tail,
  };
}

/** Caller's values as given, the checkpoint to start from merged into `configurable` (agent-server-api.md 3.11, 3.12). */
function kwargsOf({ thread_id, body }: RunRequest, assistant: Assistant): RunKwargs {
  const named: JsonObject = {};
  for (const [key, value] of Object.entries({ checkpoint_id: body.checkpoint_id, ...body.checkpoint }))
    if (value !== undefined) named[key] = value;
  const config: JsonObject = { ...assistant.config, ...body.config };
  const configurable = {
    ...asObject(assistant.config["configurable"]),
    ...asObject(body.config?.["configurable"]),
    ...named,
  };
  return {
    input: body.input ?? null,
    command: body.command ?? null,
    config: { ...config, configurable },
    context: { ...assistant.context, ...body.context },
    stream_mode: body.stream_mode,
    interrupt_before: body.interrupt_before ?? null,
    interrupt_after: body.interrupt_after ?? null,
    webhook: body.webhook ?? null,
    feedback_keys: body.feedback_keys ?? null,
    temporary: thread_id === null,
    subgraphs: body.stream_subgraphs,
    resumable: body.stream_resumable,
    durability: body.durability ?? (body.checkpoint_during === false ? "exit" : null),
  };
}

const asObject = (value: unknown): JsonObject =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as JsonObject) : {};
