/** The Thread and ThreadState resources and the bodies that create, change and read them. */
import { z } from "zod";
import { absentable, KeyText, type Json, JsonObject, Uuid } from "./json.ts";
import { Minutes } from "./minutes.ts";

export const THREAD_STATUSES = ["idle", "busy", "interrupted", "error"] as const;
export type ThreadStatus = (typeof THREAD_STATUSES)[number];

/** What a reader of a whole thread asks for: all events of its runs; their start and end; updates of the state by callers. */
export const THREAD_STREAM_MODES = ["run_modes", "lifecycle", "state_update"] as const;
export type ThreadStreamMode = (typeof THREAD_STREAM_MODES)[number];

export interface Interrupt {
  id: string;
  value: Json;
  response_schema?: JsonObject | null;
}

/** What a failed run shows: the class of the error and its text (`THREADLINE_ERROR_DETAIL=hide` replaces the text). */
export interface ErrorDetail {
  error: string;
  message: string;
}

export interface Thread {
  thread_id: string;
  created_at: string;
  updated_at: string;
  state_updated_at: string;
  metadata: JsonObject;
  config: JsonObject;
  status: ThreadStatus;
  values: Json;
  interrupts: Record<string, Interrupt[]>;
  error?: ErrorDetail | null;
  /** Only if it is asked for. */
  ttl?: { strategy: "delete" | "keep_latest"; ttl_minutes: number; expires_at: string | null };
}

export interface CheckpointRef {
  thread_id: string;
  checkpoint_ns: string;
  checkpoint_id: string | null;
  checkpoint_map?: JsonObject | null;
}

export interface ThreadTask {
  id: string;
  name: string;
  path?: Json;
  error: string | null;
  interrupts: Interrupt[];
  checkpoint: JsonObject | null;
  state: ThreadState | null;
  result?: Json;
}

export interface ThreadState {
  values: Json;
  next: string[];
  tasks: ThreadTask[];
  checkpoint: CheckpointRef;
  parent_checkpoint: CheckpointRef | null;
  metadata: JsonObject;
  created_at: string | null;
  interrupts: Interrupt[];
  checkpoint_id?: string | null;
  parent_checkpoint_id?: string | null;
}

/** A checkpoint as a caller names it: on run create, state and history. */
export const CheckpointSelector = z.object({
  checkpoint_id: absentable(KeyText),
  checkpoint_ns: absentable(KeyText),
  /** Namespace → checkpoint id: where the graph and each of its subgraphs stand. */
  checkpoint_map: absentable(z.record(KeyText, KeyText)),
});
export type CheckpointSelector = z.infer<typeof CheckpointSelector>;

/** The checkpoint of the root graph with this id. */
export const rootCheckpoint = (checkpoint_id: CheckpointSelector["checkpoint_id"]): CheckpointSelector => ({
  checkpoint_id,
  checkpoint_ns: undefined,
  checkpoint_map: undefined,
});

/** A number is how long until the thread is deleted. */
export const ThreadTtl = z.union([
  Minutes.transform((ttl) => ({ strategy: "delete" as const, ttl })),
  z.object({
    strategy: absentable(z.enum(["delete", "keep_latest"])).transform((strategy) => strategy ?? "delete"),
    ttl: Minutes,
  }),
]);
export type ThreadTtl = z.infer<typeof ThreadTtl>;

export const ThreadCreate = z.object({
  thread_id: absentable(Uuid),
  metadata: absentable(JsonObject),
  if_exists: absentable(z.enum(["raise", "do_nothing"])).transform((choice) => choice ?? "raise"),
  ttl: absentable(ThreadTtl),
});
export type ThreadCreate = z.infer<typeof ThreadCreate>;

export const ThreadPatch = z.object({
  metadata: absentable(JsonObject),
  ttl: absentable(ThreadTtl),
});
export type ThreadPatch = z.infer<typeof ThreadPatch>;

export const ThreadPrune = z.object({
  thread_ids: z.array(Uuid).max(1_000),
  strategy: absentable(z.enum(["delete", "keep_latest"])).transform((strategy) => strategy ?? "delete"),
});
export type ThreadPrune = z.infer<typeof ThreadPrune>;

interface Stored {
  count: number;
  bytes: number;
}

/** What a thread's checkpoints take. Values that several of them share count once. */
export interface ThreadStorage {
  total_bytes: number;
  checkpoints: Stored;
  channel_values: Stored & { by_channel: Record<string, { versions: number; bytes: number }> };
  pending_writes: Stored;
}

const STATE_FIELDS = new Set([
  "values",
  "next",
  "tasks",
  "checkpoint",
  "parent_checkpoint",
  "metadata",
  "created_at",
  "interrupts",
  "checkpoint_id",
  "parent_checkpoint_id",
]);

/** A field of a state, or one key of its values: `values.messages`. */
export const StateField = z.string().refine((field) => STATE_FIELDS.has(field) || /^values\../s.test(field), {
  error: `must be values.<key> or one of ${[...STATE_FIELDS].join(", ")}`,
});
export type StateField = z.infer<typeof StateField>;

export const StateSelect = z.object({ select: absentable(z.array(StateField)) });

export const StateAtCheckpoint = StateSelect.extend({
  checkpoint: CheckpointSelector,
  subgraphs: absentable(z.boolean()),
});

/** Query of GET /threads/{id}. */
export const ThreadInclude = z.object({ include: z.array(z.literal("ttl")) });

const before = z.union([
  KeyText.transform(rootCheckpoint),
  z.object({ configurable: CheckpointSelector }).transform(({ configurable }) => configurable),
  // Otherwise a wrong form of the above would be read as a checkpoint without a name.
  CheckpointSelector.extend({ configurable: z.never().optional() }),
]);

export const HistoryQuery = z.object({
  limit: absentable(z.int().min(1).max(1000)).transform((limit) => limit ?? 1),
  before: absentable(before),
  metadata: absentable(JsonObject),
  checkpoint: absentable(CheckpointSelector),
});
export type HistoryQuery = z.infer<typeof HistoryQuery>;

/** A history as clients ask for it, by body or query: also what is shown of each state. */
export const HistoryBody = HistoryQuery.extend(StateSelect.shape);
export type HistoryBody = z.infer<typeof HistoryBody>;
