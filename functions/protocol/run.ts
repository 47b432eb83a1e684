/** The Run resource and the body that creates one. */
import { z } from "zod";
import { absentable, AnyJson, KeyText, type Json, JsonObject, Uuid } from "./json.ts";
import { CheckpointSelector } from "./thread.ts";

const STREAM_MODES = [
  "values",
  "updates",
  "messages",
  "messages-tuple",
  "debug",
  "custom",
  "events",
  "tasks",
  "checkpoints",
  "tools",
] as const;
export type StreamMode = (typeof STREAM_MODES)[number];
export const StreamMode = z.enum(STREAM_MODES);

export const RUN_STATUSES = ["pending", "running", "success", "error", "timeout", "interrupted"] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export const MULTITASK_STRATEGIES = ["reject", "enqueue", "interrupt", "rollback"] as const;
export type MultitaskStrategy = (typeof MULTITASK_STRATEGIES)[number];

export interface Run {
  run_id: string;
  thread_id: string;
  assistant_id: string;
  created_at: string;
  updated_at: string;
  status: RunStatus;
  metadata: JsonObject;
  kwargs: Partial<RunKwargs>;
  multitask_strategy: MultitaskStrategy;
}

const modes = z
  .union([StreamMode.transform((mode) => [mode]), z.array(StreamMode)])
  .transform((list): StreamMode[] => (list.length ? [...new Set(list)] : ["values"]));

const nodes = z.union([z.literal("*"), z.array(z.string())]);

/** A node's name, or the node with an input of its own; `args` is what LangGraph.js writes for `input`. */
const Target = z.union([
  z.string(),
  z.object({ node: z.string(), input: absentable(AnyJson), args: absentable(AnyJson) }),
]);

export const Command = z.object({
  update: absentable(z.union([JsonObject, z.array(z.tuple([z.string(), AnyJson]))])),
  resume: absentable(AnyJson),
  goto: absentable(z.union([Target, z.array(Target)])),
});
export type Command = z.infer<typeof Command>;

/** A command without content counts as none: RemoteGraph sends `goto: []` with every run. */
const isEmpty = ({ update, resume, goto }: Command): boolean =>
  update === undefined && resume === undefined && (goto === undefined || (Array.isArray(goto) && goto.length === 0));

/** LangGraph copies settings by assignment, which makes a key of this name the prototype of the copy, past every check of keys. */
const PROTOTYPE = "__proto__";
export const Settings = JsonObject.refine((settings) => !Object.hasOwn(settings, PROTOTYPE), {
  error: `${PROTOTYPE} cannot be the name of a setting`,
});

const Configurable = Settings.superRefine((configurable, context) => passOn(CheckpointSelector, configurable, context));

/** What LangGraph reads of a config; the caller's own keys beside it are kept as they are. */
const ConfigKeys = z.object({
  tags: absentable(z.array(z.string())),
  recursion_limit: absentable(z.int().min(1)),
  max_concurrency: absentable(z.int().min(1)),
  run_name: absentable(z.string()),
  configurable: absentable(Configurable),
  metadata: absentable(JsonObject),
});

export const RunConfig = Settings.superRefine((config, context) => passOn(ConfigKeys, config, context));

function passOn(schema: z.ZodType, value: JsonObject, context: z.RefinementCtx): void {
  for (const { message, path } of schema.safeParse(value).error?.issues ?? [])
    context.addIssue({ code: "custom", message, path });
}

/** Body of POST …/runs, …/runs/stream, …/runs/wait, on a thread and stateless (Agent Server API). Unknown fields are ignored. */
export const RunCreate = z.object({
  assistant_id: z.string(),
  input: AnyJson.optional(),
  command: absentable(Command).transform((command) => (command && isEmpty(command) ? undefined : command)),
  checkpoint: absentable(CheckpointSelector),
  checkpoint_id: absentable(KeyText),
  metadata: absentable(JsonObject),
  config: absentable(RunConfig),
  context: absentable(Settings),
  /** Characters as of the official server; the URL lies with the input, not on rows. */
  webhook: absentable(z.string().min(1).max(65_536)),
  interrupt_before: absentable(nodes),
  interrupt_after: absentable(nodes),
  stream_mode: absentable(modes).transform((list): StreamMode[] => list ?? ["values"]),
  stream_subgraphs: absentable(z.boolean()).transform((flag) => flag ?? false),
  stream_resumable: absentable(z.boolean()).transform((flag) => flag ?? false),
  feedback_keys: absentable(z.array(z.string())),
  multitask_strategy: absentable(z.enum(MULTITASK_STRATEGIES)).transform((strategy) => strategy ?? "enqueue"),
  if_not_exists: absentable(z.enum(["create", "reject"])).transform((choice) => choice ?? "reject"),
  on_disconnect: absentable(z.enum(["cancel", "continue"])).transform((choice) => choice ?? "continue"),
  on_completion: absentable(z.enum(["delete", "keep"])).transform((choice) => choice ?? "delete"),
  after_seconds: absentable(z.number().min(0)),
  durability: absentable(z.enum(["sync", "async", "exit"])),
  checkpoint_during: absentable(z.boolean()),
  strict_resume: absentable(z.boolean()).transform((flag) => flag ?? false),
});
export type RunCreate = z.infer<typeof RunCreate>;

const camelCase = (name: string): string => name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** Names as the JavaScript SDK sends them in a batch, beside the API's. */
const withAliases = (body: unknown): unknown => {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  const given = new Map<string, unknown>(Object.entries(body));
  const named = Object.keys(RunCreate.shape).map((name) => [name, given.get(name) ?? given.get(camelCase(name))]);
  return Object.fromEntries(named);
};

/** Body of POST /runs/batch. @param most runs of one request */
export const runBatch = (most: number) => z.array(z.preprocess(withAliases, RunCreate)).min(1).max(most);

/** Body of POST /runs/cancel: one form or the other. */
export const RunsCancel = z
  .object({
    status: absentable(z.enum(["pending", "running", "all"])),
    thread_id: absentable(Uuid),
    run_ids: absentable(z.array(Uuid).min(1)),
  })
  .transform(({ status, thread_id, run_ids }, context) => {
    if (status !== undefined && thread_id === undefined && run_ids === undefined) return { status };
    if (status === undefined && thread_id !== undefined && run_ids !== undefined) return { thread_id, run_ids };
    context.addIssue({ code: "custom", message: "either status or thread_id and run_ids" });
    return z.NEVER;
  });

/** A user as the `authenticate` of custom auth returns it, with the defaults of LangGraph's servers. */
export interface AuthUser {
  /** Never empty. */
  identity: string;
  display_name: string;
  is_authenticated: boolean;
  permissions: string[];
  /** What the project adds. */
  [field: string]: Json;
}

/** Keys of `configurable` that tell a graph who its caller is. They are the server's, and shown to nobody: a user may hold secrets. */
export const isAuthKey = (key: string): boolean => key.startsWith("langgraph_auth_");

/**
 * What a worker needs to run the graph. Stored apart from the run row, since input may be as large as a body; the API returns it as
 * `kwargs`.
 */
export interface RunKwargs {
  input: Json;
  command: Command | null;
  config: JsonObject;
  context: JsonObject;
  stream_mode: StreamMode[];
  interrupt_before: "*" | string[] | null;
  interrupt_after: "*" | string[] | null;
  webhook: string | null;
  feedback_keys: string[] | null;
  temporary: boolean;
  subgraphs: boolean;
  resumable: boolean;
  durability: "sync" | "async" | "exit" | null;
  /** Absent = false. */
  strict_resume?: true;
  /** Headers that the project asked for: keys of `configurable`, over the caller's own, and no part of the context. */
  headers?: Record<string, string>;
  /** Whom custom auth has recognised, as the project's code returned it. Never shown by the API. */
  user?: AuthUser;
  /** The events that LangGraph is asked for, where the project's has them; absent = those of the stream modes alone. */
  event_version?: "v3";
}
