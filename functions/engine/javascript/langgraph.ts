/**
 * Types of what the engine uses of a project's LangGraph: the names that all versions from 0.2.74 on have in common. The code comes from
 * the project through its bridge module. Must not import LangGraph at run time.
 */
import type * as Exports from "@langchain/langgraph";

export type LangGraph = typeof Exports;

/** Content of a bridge module (packaging/bridge.ts). */
export interface Bridge {
  lg: LangGraph;
  /** LangGraph's readers of declared schemas, by name; rejects in a version that has none. Absent in bridges of earlier builds. */
  schemas?: () => Promise<Record<string, unknown>>;
}

export interface GraphConfig {
  configurable: Record<string, unknown>;
  [option: string]: unknown;
}

/** What LangGraph's servers pass to a factory beside the config: the purpose of the call, and the context of a run. */
export type ServerRuntime =
  | { accessContext: "threads.create_run"; executionRuntime: { context: unknown } }
  | { accessContext: "threads.read" | "threads.update" | "assistants.read"; executionRuntime: null };

export const toRun = ({ context }: GraphConfig): ServerRuntime => ({
  accessContext: "threads.create_run",
  executionRuntime: { context },
});
export const toRead: ServerRuntime = { accessContext: "threads.read", executionRuntime: null };
export const toUpdate: ServerRuntime = { accessContext: "threads.update", executionRuntime: null };
/** For calls that need only the graph's shape. */
export const toInspect: ServerRuntime = { accessContext: "assistants.read", executionRuntime: null };

/** A task as a snapshot shows it; `state` is the subgraph's snapshot, or only its address. */
export interface TaskSnapshot {
  id: string;
  name: string;
  path?: unknown;
  error?: unknown;
  interrupts?: readonly unknown[];
  state?: unknown;
  result?: unknown;
}

export interface StateSnapshot {
  values: unknown;
  next: readonly string[];
  tasks: readonly TaskSnapshot[];
  config: { configurable?: Record<string, unknown> };
  parentConfig?: { configurable?: Record<string, unknown> };
  metadata?: Record<string, unknown>;
  createdAt?: string;
}

/** An event of `streamEvents` version 2. */
export interface StreamEvent {
  event: string;
  name?: string;
  run_id: string;
  tags?: string[];
  metadata?: Record<string, unknown>;
  data: { chunk?: unknown };
}

/** What a graph with a state was built from: its channels, and the schemas that they came from where they have some. */
export interface Builder {
  channels?: Record<string, unknown>;
  _inputDefinition?: unknown;
  _outputDefinition?: unknown;
  _schemaDefinition?: unknown;
  _schemaDefinitions?: Map<unknown, unknown>;
  _inputRuntimeDefinition?: unknown;
  _schemaRuntimeDefinition?: unknown;
}

/** A compiled graph of any version and kind: Pregel. */
export interface Graph {
  lg_is_pregel: true;
  builder?: Builder;
  nodes?: Record<string, unknown>;
  checkpointer?: unknown;
  store?: unknown;
  config?: GraphConfig;
  inputChannels?: string | string[];
  outputChannels: string | string[];
  streamChannels?: string | string[];
  streamChannelsAsIs?: string | string[];
  channels?: Record<string, unknown>;
  interruptBefore?: "*" | string[];
  interruptAfter?: "*" | string[];
  withConfig(config: object): Graph;
  stream(input: unknown, options: object): Promise<AsyncIterable<unknown>>;
  streamEvents(input: unknown, options: object): AsyncIterable<StreamEvent>;
  getState(config: GraphConfig, options?: { subgraphs?: boolean }): Promise<StateSnapshot>;
  getStateHistory(config: GraphConfig, options?: object): AsyncIterable<StateSnapshot>;
  getGraphAsync(config: object): Promise<{ toJSON(): { nodes: unknown; edges: unknown } }>;
  getSubgraphsAsync(namespace?: string, recurse?: boolean): AsyncIterable<[namespace: string, graph: Graph]>;
  updateState(config: GraphConfig, values: unknown, asNode?: string): Promise<GraphConfig>;
  /** Absent in old versions. */
  bulkUpdateState?(config: GraphConfig, supersteps: { updates: object[] }[]): Promise<GraphConfig>;
}

/** Differences between versions of LangGraph that cannot be seen in the exports. */
export interface Features {
  /** Modes `tasks` and `checkpoints`. */
  taskModes: boolean;
  /** Mode `tools`. */
  toolMode: boolean;
  durability: boolean;
  /** What a graph makes of a checkpoint depends on the checkpoint and its pending writes alone. Before, also on its parent's writes. */
  outlines: boolean;
  /** A task that was interrupted or has failed shows its result once it has one. */
  resultsOfAnswered: boolean;
}

/** By the version in the manifest. An unknown version counts as new. */
export function featuresOf(version: string | undefined): Features {
  const actual = (version ?? "99.0.0").split(".").map((part) => Number.parseInt(part, 10));
  const since = (...wanted: [major: number, minor: number, patch: number]): boolean => {
    const at = wanted.findIndex((part, i) => (actual[i] ?? 0) !== part);
    return at < 0 || (actual[at] ?? 0) > (wanted[at] ?? 0);
  };
  return {
    taskModes: since(0, 3, 6),
    toolMode: since(1, 2, 0),
    durability: since(0, 4, 0),
    outlines: since(1, 0, 0),
    resultsOfAnswered: since(1, 7, 3),
  };
}

/** Whether a graph can stream version 3 of LangGraph's events. */
export const streamsBlocks = (lg: LangGraph): boolean => "STREAM_EVENTS_V3_MODES" in lg;

/** A snapshot, not only a subgraph's address. */
export const isSnapshot = (value: unknown): value is StateSnapshot =>
  isObject(value) && "values" in value && "next" in value;

export const isBridge = (value: unknown): value is Bridge => isObject(value) && isObject(value["lg"]);

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
