/** Operations of the API document: threads, their state and history. */
import { z } from "zod";
import { AnyJson } from "../../protocol/json.ts";
import { StateUpdateBody, ThreadCreation } from "../../protocol/state-update.ts";
import {
  HistoryBody,
  StateAtCheckpoint,
  StateSelect,
  THREAD_STREAM_MODES,
  ThreadInclude,
  ThreadPatch,
  ThreadPrune,
} from "../../protocol/thread.ts";
import { ThreadCount, ThreadSearch } from "../../protocol/thread-search.ts";
import { answersEvents, answersJson, answersNothing, Flag, type Operations } from "../openapi/operation.ts";
import { CheckpointResource, StateResource, StorageResource, ThreadResource } from "../openapi/resources.ts";

const ofState = StateSelect.extend({ subgraphs: Flag });

export const threadOperations: Operations = {
  "POST /threads": { summary: "Create a thread", body: ThreadCreation, answers: answersJson(ThreadResource) },
  "POST /threads/search": {
    summary: "Search threads; paging in the headers x-pagination-total and x-pagination-next",
    body: ThreadSearch,
    answers: answersJson(
      z.array(
        ThreadResource.partial()
          .extend({ extracted: z.record(z.string(), AnyJson) })
          .partial(),
      ),
    ),
  },
  "POST /threads/count": { summary: "Count threads", body: ThreadCount, answers: answersJson(z.int()) },
  "POST /threads/prune": {
    summary: "Delete threads, or all but their newest checkpoint",
    body: ThreadPrune,
    example: () => ({ thread_ids: [] }),
    answers: answersJson(z.object({ pruned_count: z.int() })),
  },
  "GET /threads/:thread_id": {
    summary: "Get a thread",
    query: ThreadInclude.partial(),
    answers: answersJson(ThreadResource),
  },
  "PATCH /threads/:thread_id": {
    summary: "Change a thread's metadata, or how long it is kept",
    headers: z.object({ prefer: z.literal("return=minimal").optional() }),
    body: ThreadPatch,
    answers: { ...answersJson(ThreadResource), ...answersNothing("Done, with prefer: return=minimal") },
  },
  "DELETE /threads/:thread_id": { summary: "Delete a thread", answers: answersNothing() },
  "POST /threads/:thread_id/copy": { summary: "Copy a thread", answers: answersJson(ThreadResource) },
  "GET /threads/:thread_id/storage": {
    summary: "What its checkpoints take",
    answers: answersJson(StorageResource),
  },
  "GET /threads/:thread_id/state": {
    summary: "Its newest state",
    query: ofState,
    answers: answersJson(StateResource),
  },
  "GET /threads/:thread_id/state/:checkpoint_id": {
    summary: "Its state at a checkpoint",
    query: ofState,
    answers: answersJson(StateResource),
  },
  "POST /threads/:thread_id/state/checkpoint": {
    summary: "Its state at a checkpoint, also of a subgraph",
    body: StateAtCheckpoint,
    example: () => ({ checkpoint: { checkpoint_id: "" } }),
    answers: answersJson(StateResource),
  },
  "POST /threads/:thread_id/state": {
    summary: "Update its state, as a node or from a checkpoint",
    body: StateUpdateBody,
    example: () => ({ values: {} }),
    answers: answersJson(
      z.object({
        checkpoint: CheckpointResource,
        configurable: CheckpointResource,
        checkpoint_id: z.string().nullable(),
      }),
    ),
  },
  "GET /threads/:thread_id/history": {
    summary: "Its states, the newest first",
    query: StateSelect.extend({ limit: z.int().min(0).optional(), before: z.string().optional() }),
    answers: answersJson(z.array(StateResource)),
  },
  "GET /threads/:thread_id/stream": {
    summary: "Follow a thread: all of its runs, their start and end, or updates of its state",
    headers: z.object({ "last-event-id": z.string().optional() }),
    query: z.object({ stream_modes: z.array(z.enum(THREAD_STREAM_MODES)).optional() }),
    answers: answersEvents(),
  },
  "POST /threads/:thread_id/history": {
    summary: "Its states, the newest first, with filters",
    body: HistoryBody,
    answers: answersJson(z.array(StateResource)),
  },
};
