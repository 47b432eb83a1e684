/** Threads, their state and history, as the API has them. */
import type { Json } from "../../functions/protocol/json.ts";
import type { CheckpointRef, Thread, ThreadState, ThreadStatus } from "../../functions/protocol/thread.ts";
import type { ListedState } from "../listed-state.ts";
import { ask, pathOf } from "./request.ts";

export type ListedThread = Pick<Thread, "thread_id" | "status" | "updated_at" | "created_at" | "metadata">;

export interface ThreadQuery {
  status?: ThreadStatus;
  ids?: string[];
  metadata?: Record<string, string>;
  limit: number;
  offset: number;
}

const LISTED = ["thread_id", "status", "updated_at", "created_at", "metadata"];

export const searchThreads = (query: ThreadQuery, signal?: AbortSignal): Promise<ListedThread[]> =>
  ask("POST threads/search", { ...query, select: LISTED }, signal);

export const getThread = (thread_id: string): Promise<Thread> => ask(`GET ${pathOf`threads/${thread_id}`}`);
export const createThread = (graph_id: string): Promise<Thread> => ask("POST threads", { metadata: { graph_id } });

const LISTED_STATE = ["next", "tasks", "checkpoint", "parent_checkpoint", "metadata", "created_at", "interrupts"];

export const getListedState = (thread_id: string): Promise<ListedState> =>
  ask(`GET ${pathOf`threads/${thread_id}/state`}?select=${LISTED_STATE.join(",")}`);

export const getState = (thread_id: string): Promise<ThreadState> => ask(`GET ${pathOf`threads/${thread_id}/state`}`);

export const getStateAt = ({ thread_id, checkpoint_id }: CheckpointRef): Promise<ThreadState> =>
  ask(`GET ${pathOf`threads/${thread_id}/state/${checkpoint_id ?? ""}`}`);

export interface HistoryQuery {
  limit: number;
  /** Of one run alone. */
  run_id?: string;
}

/** Newest first. */
export const getHistory = (thread_id: string, { limit, run_id }: HistoryQuery): Promise<ListedState[]> =>
  ask(`POST ${pathOf`threads/${thread_id}/history`}`, {
    limit,
    select: LISTED_STATE,
    ...(run_id !== undefined && { metadata: { run_id } }),
  });

export interface StateUpdate {
  values: Json;
  as_node?: string;
  /** The checkpoint to fork from. */
  checkpoint_id?: string;
}

export const updateState = (thread_id: string, update: StateUpdate): Promise<{ checkpoint: CheckpointRef }> =>
  ask(`POST ${pathOf`threads/${thread_id}/state`}`, update);
