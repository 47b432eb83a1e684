/** Payloads of the stream modes tasks, tools, checkpoints and debug, in the official server's form. */
import { isAuthKey } from "../../../protocol/run.ts";
import type { ErrorText } from "../../graph/shown-errors.ts";
import { errorDetail } from "../graph/error-detail.ts";
import { isObject } from "../langgraph.ts";

/** A task's start or result, or a tool's: an error becomes `{error, message}`. */
export function taskPayload(payload: unknown, text: ErrorText): unknown {
  if (!isObject(payload) || payload["error"] === undefined || payload["error"] === null) return payload;
  return { ...payload, error: errorDetail(payload["error"], text) };
}

/** Of the events of `streamEvents` only a tool's shows an error. */
export function failedToolEvent<E extends object>(event: E, text: ErrorText): E {
  if (!("event" in event) || event.event !== "on_tool_error" || !("data" in event)) return event;
  return { ...event, data: taskPayload(event.data, text) };
}

/** Configs are reduced to what addresses a run and a checkpoint. For a subgraph, a task's `checkpoint` is its address, not its state. */
export function checkpointPayload(payload: unknown): unknown {
  if (!isObject(payload)) return payload;
  const { parentConfig, config, tasks, ...rest } = payload;
  return {
    ...rest,
    config: shownConfig(config),
    parent_config: shownConfig(parentConfig),
    tasks: Array.isArray(tasks) ? tasks.map(shownTask) : [],
  };
}

export function debugPayload(payload: unknown, text: ErrorText): unknown {
  if (!isObject(payload)) return payload;
  const inner = payload["payload"];
  if (payload["type"] !== "checkpoint") return { ...payload, payload: taskPayload(inner, text) };
  const { config, parentConfig } = isObject(inner) ? inner : {};
  const checkpoint = checkpointPayload(inner);
  return {
    ...payload,
    payload: {
      ...(isObject(checkpoint) ? checkpoint : {}),
      checkpoint: addressOf(config),
      parent_checkpoint: addressOf(parentConfig),
    },
  };
}

function shownTask(task: unknown): unknown {
  if (!isObject(task)) return task;
  const { state, ...rest } = task;
  const checkpoint = addressOf(state);
  return checkpoint ? { ...rest, checkpoint } : task;
}

const configurableOf = (config: unknown): Record<string, unknown> | undefined =>
  isObject(config) && isObject(config["configurable"]) ? config["configurable"] : undefined;

/** `configurable` without LangGraph's own keys and the caller. Nothing else of a config is for clients. */
function shownConfig(config: unknown): object | null {
  const configurable = configurableOf(config);
  if (!configurable) return null;
  const isShown = (key: string): boolean => !key.startsWith("__") && !isAuthKey(key);
  return { configurable: Object.fromEntries(Object.entries(configurable).filter(([key]) => isShown(key))) };
}

/** The checkpoint that a config names, in the API's form. */
export function addressOf(config: unknown): Record<string, unknown> | null {
  const configurable = configurableOf(config);
  if (!configurable || typeof configurable["thread_id"] !== "string") return null;
  const { thread_id, checkpoint_ns = "", checkpoint_id = null, checkpoint_map = null } = configurable;
  return { thread_id, checkpoint_ns, checkpoint_id, ...(checkpoint_map === null ? {} : { checkpoint_map }) };
}
