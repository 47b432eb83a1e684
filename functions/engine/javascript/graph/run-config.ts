/**
 * The config of a run, from what was stored with it (Agent Server API). Assistant, thread and run were merged before; the server's own keys
 * are added here.
 */
import { isSelector } from "../../../core/checkpoint/selected-checkpoint.ts";
import type { Invocation } from "../../../core/run/execute/engine-port.ts";
import type { JsonObject } from "../../../protocol/json.ts";
import { type Features, type GraphConfig, isObject } from "../langgraph.ts";

/**
 * With any listener LangChain gives a model's answer its id before events show it; otherwise only the state would have it. With a name
 * LangChain need not make a class for every chunk.
 */
const LISTENER = {
  name: "threadline",
  ignoreLLM: true,
  ignoreChain: true,
  ignoreAgent: true,
  ignoreRetriever: true,
  ignoreCustomEvent: true,
};

export interface RunOptions {
  features: Features;
  version: string | undefined;
  /** The run continues from its own newest checkpoint, whatever the caller selected. */
  resumed: boolean;
}

/** `configurable` alone also serves as context and the other way round, as on the official server, for graphs read either. */
export function settingsOf(configurable: unknown, given: JsonObject) {
  const own = isObject(configurable) ? without(configurable, isWiring) : {};
  const settings = without(own, isSelector);
  const context = isEmpty(given) ? settings : given;
  return { own, settings, fromContext: isEmpty(settings) ? without(given, isLangGraphs) : {}, context };
}

/** LangGraph's options for `stream`, without modes and signal. */
export function runConfig(invocation: Invocation, { features, version, resumed }: RunOptions): GraphConfig {
  const { kwargs, run_id, thread_id, graph_id, assistant_id } = invocation;
  const { configurable: given, metadata, tags, recursion_limit, max_concurrency, run_name } = kwargs.config;
  const { own, settings, fromContext, context } = settingsOf(given, kwargs.context);
  return {
    configurable: {
      ...fromContext,
      ...(resumed ? settings : own),
      ...without(kwargs.headers ?? {}, isLangGraphs),
      run_id,
      thread_id,
      graph_id,
      assistant_id,
    },
    metadata: {
      ...(isObject(metadata) ? without(metadata, isLangGraphs) : {}),
      ...invocation.metadata,
      graph_id,
      assistant_id,
      run_id,
      run_attempt: invocation.attempt,
      ...(version === undefined ? {} : { langgraph_version: version }),
    },
    runId: run_id,
    callbacks: [LISTENER],
    ...(isEmpty(context) ? {} : { context }),
    ...(Array.isArray(tags) ? { tags } : {}),
    // An explicit undefined would override the limit that the graph was compiled with.
    ...(typeof recursion_limit === "number" ? { recursionLimit: recursion_limit } : {}),
    ...(typeof max_concurrency === "number" ? { maxConcurrency: max_concurrency } : {}),
    ...(typeof run_name === "string" ? { runName: run_name } : {}),
    ...(kwargs.interrupt_before ? { interruptBefore: kwargs.interrupt_before } : {}),
    ...(kwargs.interrupt_after ? { interruptAfter: kwargs.interrupt_after } : {}),
    ...durabilityOf(kwargs.durability, features),
  };
}

/** `async` is treated as `sync`, since a worker may die between two steps: a step starts when the one before is stored. */
function durabilityOf(durability: Invocation["kwargs"]["durability"], { durability: known }: Features): object {
  if (known) return { durability: durability === "exit" ? "exit" : "sync" };
  return durability === "exit" ? { checkpointDuring: false } : {};
}

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;

/** LangGraph's internal keys are not for callers. */
const isWiring = (key: string): boolean => key.startsWith("__pregel");

/** Keys of `configurable` that LangGraph uses itself. In a context they stay in the context alone; headers of such names are dropped. */
const isLangGraphs = (key: string): boolean =>
  isWiring(key) || isSelector(key) || key === "thread_id" || key.startsWith("langgraph_auth_");

function without(record: Record<string, unknown>, drop: (key: string) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !drop(key)));
}
