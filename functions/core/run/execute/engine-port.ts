/** The port of the engine, which runs graphs. Must not import LangGraph: only its implementation does. */
import type { Json, JsonObject } from "../../../protocol/json.ts";
import type { HttpConfig } from "../../../protocol/manifest.ts";
import type { RunKwargs } from "../../../protocol/run.ts";
import type { Superstep } from "../../../protocol/state-update.ts";
import type {
  CheckpointRef,
  CheckpointSelector,
  ErrorDetail,
  HistoryQuery,
  ThreadState,
  ThreadTtl,
} from "../../../protocol/thread.ts";
import type { ProjectApp } from "../../app/app-port.ts";
import type { ProjectUi } from "../../ui/ui-port.ts";
import type { Auth } from "../../auth/auth-port.ts";
import type { GraphShapes } from "../../assistant/shape-port.ts";
import type { CheckpointStore } from "../../checkpoint/checkpoint-port.ts";
import type { LogEvent } from "../../log/slot.ts";
import type { ProjectStore } from "../../store/project-store.ts";
import type { HeadRef, Interrupts } from "../../thread/thread-row.ts";
import type { ClaimNumber, RunRef } from "../run-row.ts";

export interface Invocation extends RunRef {
  assistant_id: string;
  graph_id: string;
  attempt: number;
  claim: ClaimNumber;
  /** An earlier invocation has handed the run over: all its events are in the log. */
  handed_off: boolean;
  /** `STREAM_ONLY.sent` of that invocation. */
  sent?: string;
  kwargs: RunKwargs;
  metadata: JsonObject;
  /** The rows say that the thread has no checkpoint, so none is read. */
  fresh: boolean;
  /** The newest root checkpoint of the thread when the run was claimed, as the rows say. */
  newest?: string;
}

/**
 * `token` may wait for the flush. `structural` is flushed at once. `held` (interrupts) is written with the finish, so that nobody sees an
 * interrupt that cannot be answered yet.
 */
export type Urgency = "token" | "structural" | "held";

/**
 * Called synchronously, never awaited.
 * @throws TooLarge for an event, or held events together, over WHOLE_BYTES, and when more than BACKLOG_CHARACTERS wait for the log
 */
export interface EventSink {
  emit(event: LogEvent, urgency: Urgency): void;
  /** Announces that tasks of the graph in this namespace are done. Written once their pending writes are stored. */
  announce(event: LogEvent, ns: string): void;
}

export type RunOutcome =
  | { kind: "completed"; head?: HeadRef }
  /** Stopped at an interrupt or before/after a node: the thread waits. */
  | { kind: "paused"; head?: HeadRef; interrupts: Interrupts }
  /** `untouched`: refused before it began, so the thread stays as it was. */
  | { kind: "failed"; head?: HeadRef; error: ErrorDetail; untouched?: true }
  /** The signal aborted it; `unfinished` = the last checkpoint still has next nodes. */
  | { kind: "aborted"; head?: HeadRef; unfinished: boolean; interrupts: Interrupts }
  /** Stopped after a superstep, as asked: another invocation goes on. */
  | { kind: "drained" }
  /** The process that ran the graph has died: another claim goes on from the last checkpoint. */
  | { kind: "crashed" };

export interface RunContext {
  sink: EventSink;
  /** Wrapped by the caller: a head is put only after every event emitted so far is durable. */
  checkpoints: CheckpointStore;
  /** Aborted by cancel, or when the claim is lost. */
  signal: AbortSignal;
  /** Aborted when the host's time is nearly over: stop after the current superstep. */
  drain: AbortSignal;
}

export interface StateQuery {
  thread_id: string;
  /** undefined or a graph that is not served: what is stored is shown without a graph. */
  graph_id: string | undefined;
  checkpoint?: CheckpointSelector | undefined;
  subgraphs?: boolean | undefined;
}

/** Supersteps that a client writes in place of the graph's nodes. */
export interface UpdateRequest {
  thread_id: string;
  graph_id: string;
  /** Where the first of them goes on, of which subgraph; absent = where the thread stands. */
  checkpoint: CheckpointSelector | undefined;
  supersteps: Superstep[];
  claim: ClaimNumber;
  /** The thread has no checkpoint yet, so none need be looked for. */
  fresh: boolean;
  /** The newest root checkpoint of the thread: what is written sorts after it. */
  newest?: string;
}

export type UpdateOutcome =
  /** `head` = the thread's root after it; absent if the update was of a subgraph. */
  | { kind: "updated"; checkpoint: CheckpointRef; head?: HeadRef; interrupts: Interrupts }
  /** The graph does not take it: no such node, an ambiguous one, or its own code has thrown. */
  | { kind: "refused"; detail: string };

export interface GraphInfo {
  graph_id: string;
  description: string | null;
  /** Defaults of its assistant; absent = none. */
  config?: JsonObject;
  context?: JsonObject;
}

/** Thrown by the engine for a graph that cannot be loaded or used; the message names graph, file and cause. */
export class GraphError extends Error {
  override name = "GraphError";
}

/** A graph that does not load: the same request fails again until the project has changed. */
export class GraphLoadError extends GraphError {}

/** How a graph runs: the project's own LangGraph behind a few verbs. */
export interface Engine extends GraphShapes {
  /** The graphs of the project, those that do not load included. */
  graphs(): GraphInfo[];
  /** Version of the project's LangGraph, if it is known. */
  langgraphVersion(): string | undefined;
  /** The store as the project has set it up. */
  store(): ProjectStore;
  /** ISO time of the build: `created_at` of system assistants. */
  builtAt(): string;
  /** What the project says of its HTTP API; the same object until another build is served. */
  http(): HttpConfig;
  /** The project's custom auth, if it has one; of the build that is served. */
  auth(): Auth | undefined;
  /** The project's own routes, if it has some; of the build that is served. */
  app(): ProjectApp | undefined;
  /** Bundles of the project's components, of the build that is served. */
  ui: ProjectUi;
  /** `checkpointer.ttl` of langgraph.json: for threads that come without one. */
  threadTtl(): ThreadTtl | undefined;
  /** Loads a graph ahead of its first run. Rejects with GraphError and logs nothing: the caller reports it. */
  load(graph_id: string): Promise<void>;
  /** An input of the graph's own channels, to try it with. Rejects as `load` does, and where a factory gives no graph. */
  sampleInput(graph_id: string): Promise<Json>;
  /**
   * Imports the modules of all graphs, one after the other, until the signal. Reports no failure: a graph that fails is reported when it is
   * loaded.
   */
  importGraphs(signal: AbortSignal): Promise<void>;
  run(invocation: Invocation, context: RunContext): Promise<RunOutcome>;
  /** The output channels of a head, by the serde alone: no graph is loaded. `null` without a head. */
  values(thread_id: string, head: HeadRef | undefined): Promise<Json>;
  state(query: StateQuery): Promise<ThreadState>;
  history(query: StateQuery & HistoryQuery): Promise<ThreadState[]>;
  /** Puts what the graph makes of the updates into `checkpoints`. Rejects with GraphError, or with what the store rejects with. */
  update(request: UpdateRequest, checkpoints: CheckpointStore): Promise<UpdateOutcome>;
  /** Takes no new work. What it holds outside of this process goes when its last run has ended. */
  close(): void;
}

/** What `npm start` and the pre-flight use to try a project's graphs. */
export type GraphTrier = Pick<Engine, "load" | "sampleInput">;
