/** The rows of a new run and its thread, and the run's input, from the request. */
import type { Assistant } from "../../../protocol/assistant.ts";
import { isJsonObject, type Json, type JsonObject } from "../../../protocol/json.ts";
import type { RunCreate, RunKwargs } from "../../../protocol/run.ts";
import type { ThreadStatus } from "../../../protocol/thread.ts";
import type { User } from "../../auth/auth-port.ts";
import { mergedSettings } from "../../assistant/assistant-settings.ts";
import { isSelector, selectionOf } from "../../checkpoint/selected-checkpoint.ts";
import { renewed } from "../../thread/lifetime.ts";
import { callersKeys, madeWith } from "../../thread/reserved-metadata.ts";
import type { ThreadRow } from "../../thread/thread-row.ts";
import type { PendingRun } from "../run-row.ts";

export interface RunRequest {
  /** null = stateless: a temporary thread of its own. */
  thread_id: string | null;
  body: RunCreate;
  /** What a repeated request is known by, if that is not its body. */
  asked?: JsonObject | undefined;
  /** The Idempotency-Key header: the same run again for the same request. */
  key?: string | undefined;
  /** The key is used for good, also if its run goes. */
  onlyOnce?: boolean;
  /** The cron whose run it is: part of its metadata, which callers cannot set. */
  cron_id?: string;
  /** Name of the key that asked for it: part of its metadata, over what callers set. */
  key_name?: string | undefined;
  /** The generation of the thread that is meant: a later one of the same id is another thread. */
  gen?: number;
  /** The revision of the thread that the request was decided by: it is `outdated` on any other. */
  rev?: number;
  /** The thread as this request has read it, a moment ago; `none`: it did not exist. */
  read?: ThreadRow | "none";
  /**
   * Ids of the thread's runs that are abandoned by their readers. `unseen`: the host cannot tell when a client disconnects, so a new run on
   * the thread counts as that sign (design 4).
   */
  abandoned?: "unseen" | ((thread_id: string) => readonly string[]);
  /** The client waits for the run's end. */
  waited?: boolean;
  /** Headers that the project wants in `configurable`. They are not part of an idempotent request's fingerprint. */
  headers?: Record<string, string>;
  /** Whom custom auth has recognised. */
  user?: User;
  /** Started by a command to the thread: see `RunKwargs`. */
  event_version?: "v3";
}

export function pendingRun(
  { body, cron_id, key_name }: RunRequest,
  assistant: Assistant,
  facts: {
    run_id: string;
    thread: ThreadRow;
    input_parts: number;
    now: number;
    log_start?: number;
    starts_at?: number;
  },
): PendingRun {
  const { thread, now } = facts;
  const time = new Date(now).toISOString();
  const { graph_id, assistant_id } = assistant;
  return {
    run_id: facts.run_id,
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
      ...madeWith(key_name),
      graph_id,
      assistant_id,
      ...(cron_id !== undefined && { cron_id }),
    },
    multitask_strategy: body.multitask_strategy,
    gen: thread.gen,
    temporary: thread.temporary,
    on_completion: body.on_completion,
    stream_mode: body.stream_mode,
    subgraphs: body.stream_subgraphs,
    resumable: body.stream_resumable,
    input_parts: facts.input_parts,
    epoch: 0,
    attempt: 0,
    no_progress_claims: 0,
    last_checkpoint_id: null,
    handed_off: false,
    lease_until: 0,
    claimable_since: now,
    send_count: facts.log_start === undefined ? 0 : 1,
    sent_at: now,
    ...(facts.log_start !== undefined && { log_start: facts.log_start, ...waitsOn(thread.status) }),
    ...(body.on_disconnect === "cancel" && { on_disconnect: "cancel" }),
    ...(body.webhook !== undefined && { webhook: true }),
    ...(facts.starts_at !== undefined && { starts_at: facts.starts_at }),
  };
}

/** For the row of a run that becomes active on a thread of this status. */
export const waitsOn = (status: ThreadStatus): { waits?: true } => (status === "interrupted" ? { waits: true } : {});

/** Where the run goes on the thread. */
export type QueuePosition = "active" | "queued" | "alone_in_queue" | "delayed";

export function threadWith(thread: ThreadRow, run: PendingRun, position: QueuePosition): ThreadRow {
  return {
    ...thread,
    // What is to begin later keeps its thread until then.
    ...renewed(thread, run.starts_at ?? Date.parse(run.updated_at)),
    rev: thread.rev + 1,
    updated_at: run.updated_at,
    // A delayed run does not block the thread meanwhile.
    status: position === "delayed" ? thread.status : "busy",
    metadata: { ...thread.metadata, graph_id: run.graph_id, assistant_id: run.assistant_id },
    graph_id: run.graph_id,
    ...(position === "active" && { active_run: run.run_id, listed_by_run: true }),
    queue:
      position === "queued"
        ? [...thread.queue, run.run_id]
        : position === "alone_in_queue"
          ? [run.run_id]
          : thread.queue,
    log_tail: run.log_start ?? thread.log_tail,
  };
}

/** The caller's values as given, with the checkpoint to start from merged into `configurable` (Agent Server API). */
export function buildKwargs(
  { thread_id, body, headers = {}, user, event_version }: RunRequest,
  assistant: Assistant,
): RunKwargs {
  const config: JsonObject = { ...assistant.config, ...body.config };
  const { configurable, context } = mergedSettings(
    { configurable: settingsIn(assistant.config["configurable"]), context: assistant.context },
    { configurable: settingsIn(body.config?.["configurable"]), context: body.context ?? {} },
  );
  return {
    input: body.input ?? null,
    command: body.command ?? null,
    config: { ...config, configurable: { ...settingsIn(configurable), ...selectionOf(body) } },
    context,
    stream_mode: body.stream_mode,
    interrupt_before: body.interrupt_before ?? null,
    interrupt_after: body.interrupt_after ?? null,
    webhook: body.webhook ?? null,
    feedback_keys: body.feedback_keys ?? null,
    temporary: thread_id === null,
    subgraphs: body.stream_subgraphs,
    resumable: body.stream_resumable,
    durability: body.durability ?? (body.checkpoint_during === false ? "exit" : null),
    ...(body.strict_resume && { strict_resume: true }),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(user && { user }),
    ...(event_version && { event_version }),
  };
}

/** What selects a checkpoint is left to `selectionOf`. */
const settingsIn = (configurable: Json | undefined): JsonObject =>
  Object.fromEntries(Object.entries(asObject(configurable)).filter(([key]) => !isSelector(key)));

const asObject = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});
