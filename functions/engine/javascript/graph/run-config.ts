/** The config of a run as LangGraph.js takes it: its settings, and what the project's version of LangGraph knows besides. */
import type { Invocation } from "../../../core/run/execute/engine-port.ts";
import { runSettings } from "../../graph/run-settings.ts";
import type { Features, GraphConfig } from "../langgraph.ts";

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

/** LangGraph's options for `stream`, without modes and signal. */
export function runConfig(invocation: Invocation, { features, version, resumed }: RunOptions): GraphConfig {
  const { kwargs, run_id } = invocation;
  const { tags, recursion_limit, max_concurrency, run_name } = kwargs.config;
  const { configurable, metadata, context } = runSettings(invocation, { version, resumed });
  return {
    configurable,
    metadata,
    runId: run_id,
    callbacks: [LISTENER],
    ...(context && { context }),
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
