/** What the API answers, as schemas beside the types that the code has. Must not be used to check an answer on its way. */
import { z } from "zod";
import type { Assistant } from "../../protocol/assistant.ts";
import type { Cron } from "../../protocol/cron.ts";
import { Drawing, GraphSchemas } from "../../protocol/graph-shape.ts";
import { AnyJson, type Json, JsonObject } from "../../protocol/json.ts";
import {
  MULTITASK_STRATEGIES,
  type Run,
  RUN_STATUSES,
  RunCreate,
  type RunKwargs,
  StreamMode,
} from "../../protocol/run.ts";
import {
  type CheckpointRef,
  type Interrupt,
  THREAD_STATUSES,
  type Thread,
  type ThreadState,
  type ThreadStorage,
  type ThreadTask,
} from "../../protocol/thread.ts";

/** Schemas with a name of their own in the document. */
export const NAMED = z.registry<{ id: string }>();

const named = <T extends z.ZodType>(id: string, schema: T): T => {
  NAMED.add(schema, { id });
  return schema;
};

named("RunCreate", RunCreate);

const Value: z.ZodType<Json> = AnyJson;
const Time = z.iso.datetime();
const Id = z.uuid();

export const ErrorBody = named("Error", z.object({ detail: z.string() }));

export const AssistantResource = named(
  "Assistant",
  z.object({
    assistant_id: Id,
    graph_id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    version: z.int(),
    config: JsonObject,
    context: JsonObject,
    metadata: JsonObject,
    created_at: Time,
    updated_at: Time,
  }) satisfies z.ZodType<Assistant>,
);

export const SchemasResource = named("GraphSchemas", GraphSchemas);
export const DrawingResource = named("Drawing", Drawing);

const InterruptResource = named(
  "Interrupt",
  z.object({
    id: z.string(),
    value: Value,
    response_schema: JsonObject.nullable().exactOptional(),
  }) satisfies z.ZodType<Interrupt>,
);

export const ThreadResource = named(
  "Thread",
  z.object({
    thread_id: Id,
    created_at: Time,
    updated_at: Time,
    state_updated_at: Time,
    metadata: JsonObject,
    config: JsonObject,
    status: z.enum(THREAD_STATUSES),
    values: Value,
    interrupts: z.record(z.string(), z.array(InterruptResource)),
    error: z.object({ error: z.string(), message: z.string() }).nullable().exactOptional(),
    ttl: z
      .object({ strategy: z.enum(["delete", "keep_latest"]), ttl_minutes: z.number(), expires_at: Time.nullable() })
      .exactOptional(),
  }) satisfies z.ZodType<Thread>,
);

export const CheckpointResource = named(
  "Checkpoint",
  z.object({
    thread_id: Id,
    checkpoint_ns: z.string(),
    checkpoint_id: z.string().nullable(),
    checkpoint_map: JsonObject.nullable().exactOptional(),
  }) satisfies z.ZodType<CheckpointRef>,
);

const TaskResource: z.ZodType<ThreadTask> = named(
  "ThreadTask",
  z.object({
    id: z.string(),
    name: z.string(),
    path: Value.exactOptional(),
    error: z.string().nullable(),
    interrupts: z.array(InterruptResource),
    checkpoint: JsonObject.nullable(),
    state: z.lazy(() => StateResource.nullable()),
    result: Value.exactOptional(),
  }),
);

export const StateResource: z.ZodType<ThreadState> = named(
  "ThreadState",
  z.object({
    values: Value,
    next: z.array(z.string()),
    tasks: z.array(TaskResource),
    checkpoint: CheckpointResource,
    parent_checkpoint: CheckpointResource.nullable(),
    metadata: JsonObject,
    created_at: Time.nullable(),
    interrupts: z.array(InterruptResource),
    checkpoint_id: z.string().nullable().exactOptional(),
    parent_checkpoint_id: z.string().nullable().exactOptional(),
  }),
);

const Stored = z.object({ count: z.int(), bytes: z.int() });

export const StorageResource = named(
  "ThreadStorage",
  z.object({
    thread_id: Id,
    total_bytes: z.int(),
    checkpoints: Stored,
    channel_values: Stored.extend({
      by_channel: z.record(z.string(), z.object({ versions: z.int(), bytes: z.int() })),
    }),
    pending_writes: Stored,
  }) satisfies z.ZodType<ThreadStorage>,
);

const nodes = z.union([z.literal("*"), z.array(z.string())]).nullable();

const KwargsResource = z.object({
  input: Value,
  command: z.any(),
  config: JsonObject,
  context: JsonObject,
  stream_mode: z.array(StreamMode),
  interrupt_before: nodes,
  interrupt_after: nodes,
  webhook: z.string().nullable(),
  feedback_keys: z.array(z.string()).nullable(),
  temporary: z.boolean(),
  subgraphs: z.boolean(),
  resumable: z.boolean(),
  durability: z.enum(["sync", "async", "exit"]).nullable(),
  strict_resume: z.literal(true).exactOptional(),
  headers: z.record(z.string(), z.string()).exactOptional(),
}) satisfies z.ZodType<RunKwargs>;

export const RunResource = named(
  "Run",
  z.object({
    run_id: Id,
    thread_id: Id,
    assistant_id: Id,
    created_at: Time,
    updated_at: Time,
    status: z.enum(RUN_STATUSES),
    metadata: JsonObject,
    kwargs: KwargsResource.partial(),
    multitask_strategy: z.enum(MULTITASK_STRATEGIES),
    // A partial field may be undefined for zod, and is absent for us.
  }) satisfies z.ZodType<Omit<Run, "kwargs">>,
);
export const CronResource = named(
  "Cron",
  z.object({
    cron_id: Id,
    assistant_id: Id,
    thread_id: Id.nullable(),
    schedule: z.string(),
    timezone: z.string().nullable(),
    end_time: Time.nullable(),
    enabled: z.boolean(),
    on_run_completed: z.enum(["delete", "keep"]).nullable(),
    payload: JsonObject,
    metadata: JsonObject,
    user_id: z.string().nullable(),
    next_run_date: Time.nullable(),
    created_at: Time,
    updated_at: Time,
  }) satisfies z.ZodType<Cron>,
);

export const ItemResource = named(
  "Item",
  z.object({
    namespace: z.array(z.string()),
    key: z.string(),
    value: JsonObject,
    created_at: Time,
    updated_at: Time,
  }),
);
