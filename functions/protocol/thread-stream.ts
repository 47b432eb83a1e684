/** The thread-centric protocol: commands to a thread, and what a reader of its stream asks for (Agent Server API). */
import { z } from "zod";
import { absentable, AnyJson, JsonObject } from "./json.ts";
import { Command, type MultitaskStrategy, MULTITASK_STRATEGIES, RunConfig } from "./run.ts";

export const STREAM_METHODS = [
  "lifecycle",
  "messages",
  "tools",
  "values",
  "updates",
  "checkpoints",
  "custom",
  "tasks",
  "input.requested",
  "input.answered",
] as const;
export type StreamMethod = (typeof STREAM_METHODS)[number];

/** Path of a graph below the root, `<node>:<task id>` each; empty = the root. */
const Namespace = z.array(z.string());

/** Body of POST /threads/{id}/stream/events. Unknown channels get nothing, unknown fields are ignored. */
export const StreamRequest = z.object({
  channels: z.array(z.string()).min(1),
  namespaces: absentable(z.array(Namespace)),
  depth: absentable(z.int().min(0)),
  since: absentable(z.int().min(0)),
});
export type StreamRequest = z.infer<typeof StreamRequest>;

/** Body of POST /threads/{id}/commands. */
export const CommandFrame = z.object({
  id: z.int().min(0),
  method: z.string(),
  params: absentable(JsonObject).transform((params) => params ?? {}),
});
export type CommandFrame = z.infer<typeof CommandFrame>;

/** What cannot be understood is the default. */
const Strategy = z
  .unknown()
  .optional()
  .transform((value): MultitaskStrategy | undefined => MULTITASK_STRATEGIES.find((strategy) => strategy === value));

export const RunStart = z
  .object({
    assistant_id: z.string().min(1, { error: "run.start requires an assistant_id." }),
    input: AnyJson.optional(),
    config: absentable(RunConfig),
    metadata: absentable(JsonObject),
    multitask_strategy: Strategy,
    multitaskStrategy: Strategy,
  })
  .transform(({ multitask_strategy, multitaskStrategy, ...rest }) => ({
    ...rest,
    multitask_strategy: multitask_strategy ?? multitaskStrategy ?? "enqueue",
  }));
export type RunStart = z.infer<typeof RunStart>;

const Answer = z.object({ namespace: absentable(Namespace), interrupt_id: z.string(), response: AnyJson.optional() });

/** One answer, or several at once; with them a command may change the state or go elsewhere. */
export const InputRespond = z
  .object({
    interrupt_id: absentable(z.string()),
    response: AnyJson.optional(),
    responses: absentable(z.array(Answer).min(1, { error: "input.respond requires at least one response." })),
    update: Command.shape.update,
    goto: Command.shape.goto,
    config: absentable(RunConfig),
    metadata: absentable(JsonObject),
    strict_resume: absentable(z.boolean()),
  })
  .transform(({ interrupt_id, response, responses, ...rest }, context) => {
    const answers = responses ?? (interrupt_id === undefined ? [] : [{ interrupt_id, response }]);
    if (answers.length === 0) context.addIssue({ code: "custom", message: "required", path: ["interrupt_id"] });
    return {
      ...rest,
      answers: answers.map((one) => ({ interrupt_id: one.interrupt_id, response: one.response ?? null })),
    };
  });
export type InputRespond = z.infer<typeof InputRespond>;

export const StateGet = z.object({
  namespace: absentable(Namespace).transform((namespace) => namespace ?? []),
  keys: absentable(z.array(z.string())),
});
export type StateGet = z.infer<typeof StateGet>;

export const COMMAND_ERRORS = [
  "invalid_argument",
  "unknown_command",
  "unknown_error",
  "no_such_run",
  "no_such_namespace",
  "no_such_interrupt",
  "no_such_checkpoint",
  "not_supported",
] as const;
export type CommandError = (typeof COMMAND_ERRORS)[number];
