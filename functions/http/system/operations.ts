/**
 * What /openapi.json says of each route of the official API: what it is for, and the schema that its body is read by. A route that is not
 * served is left out there. Must not answer anything.
 */
import { z } from "zod";
import {
  AssistantCreate,
  AssistantLatest,
  AssistantPatch,
  AssistantSearch,
  AssistantVersionsQuery,
} from "../../protocol/assistant.ts";
import { CronCreate, CronFilter, CronPatch, CronSearch } from "../../protocol/cron.ts";
import { RUN_STATUSES, RunCreate, RunsCancel, StreamMode } from "../../protocol/run.ts";
import { StateUpdateBody, ThreadCreation } from "../../protocol/state-update.ts";
import { ItemAddress, ItemPut, ItemsSearch, NamespacesSearch } from "../../protocol/store.ts";
import { HistoryQuery, StateAtCheckpoint, ThreadPatch, ThreadPrune } from "../../protocol/thread.ts";
import { ThreadCount, ThreadSearch } from "../../protocol/thread-search.ts";

export interface Operation {
  summary: string;
  body?: z.ZodType;
  query?: Record<string, z.ZodType>;
  /** Default: a JSON document. `page` is HTML. */
  answer?: "events" | "nothing" | "page";
}

const flag = z.boolean();
const text = z.string();
const page = { limit: z.int().min(1), offset: z.int().min(0) };
const run = { summary: "Create a run in the background", body: RunCreate };
const streamed = { summary: "Create a run and stream its events", body: RunCreate, answer: "events" as const };
const waited = { summary: "Create a run and wait for its values", body: RunCreate };
const joined = {
  summary: "Stream the events of a run, from the header Last-Event-ID on",
  query: { stream_mode: StreamMode, cancel_on_disconnect: flag },
  answer: "events" as const,
};
const { payload: CronPayload, ...cronFields } = CronPatch.shape;
const CronChange = CronPayload.extend(cronFields);

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  "GET /": { summary: "What is here", answer: "page" },
  "GET /ok": { summary: "Liveness", query: { check_db: flag } },
  "GET /info": { summary: "Version and what is served" },
  "GET /docs": { summary: "This document, to read and try", answer: "page" },
  "GET /openapi.json": { summary: "This document" },
  "GET /metrics": { summary: "Runs that wait and run", query: { format: z.enum(["prometheus", "json"]) } },

  "POST /assistants": { summary: "Create an assistant", body: AssistantCreate },
  "POST /assistants/search": { summary: "Search assistants", body: AssistantSearch },
  "POST /assistants/count": {
    summary: "Count assistants",
    body: AssistantSearch.pick({ metadata: true, graph_id: true, name: true }),
  },
  "GET /assistants/:assistant_id": { summary: "Read an assistant" },
  "PATCH /assistants/:assistant_id": { summary: "Change an assistant: a new version", body: AssistantPatch },
  "DELETE /assistants/:assistant_id": {
    summary: "Delete an assistant",
    query: { delete_threads: flag },
    answer: "nothing",
  },
  "POST /assistants/:assistant_id/versions": {
    summary: "List the versions of an assistant",
    body: AssistantVersionsQuery,
  },
  "POST /assistants/:assistant_id/latest": { summary: "Choose the version of an assistant", body: AssistantLatest },
  "GET /assistants/:assistant_id/graph": { summary: "Draw the graph", query: { xray: z.union([flag, z.int()]) } },
  "GET /assistants/:assistant_id/schemas": { summary: "Read the schemas of the graph" },
  "GET /assistants/:assistant_id/subgraphs": { summary: "Read the schemas of its subgraphs", query: { recurse: flag } },
  "GET /assistants/:assistant_id/subgraphs/:namespace": {
    summary: "Read the schemas of one subgraph",
    query: { recurse: flag },
  },

  "POST /threads": { summary: "Create a thread", body: ThreadCreation },
  "POST /threads/search": { summary: "Search threads", body: ThreadSearch },
  "POST /threads/count": { summary: "Count threads", body: ThreadCount },
  "POST /threads/prune": { summary: "Prune threads", body: ThreadPrune },
  "GET /threads/:thread_id": { summary: "Read a thread", query: { include: text } },
  "PATCH /threads/:thread_id": { summary: "Change the metadata of a thread", body: ThreadPatch },
  "DELETE /threads/:thread_id": { summary: "Delete a thread", answer: "nothing" },
  "POST /threads/:thread_id/copy": { summary: "Copy a thread" },
  "GET /threads/:thread_id/storage": { summary: "How much a thread stores" },
  "GET /threads/:thread_id/state": { summary: "Read the state of a thread", query: { subgraphs: flag } },
  "GET /threads/:thread_id/state/:checkpoint_id": {
    summary: "Read the state at a checkpoint",
    query: { subgraphs: flag },
  },
  "POST /threads/:thread_id/state/checkpoint": { summary: "Read the state at a checkpoint", body: StateAtCheckpoint },
  "POST /threads/:thread_id/state": { summary: "Update the state of a thread", body: StateUpdateBody },
  "GET /threads/:thread_id/history": {
    summary: "Read the history of a thread",
    query: { limit: page.limit, before: text },
  },
  "POST /threads/:thread_id/history": { summary: "Read the history of a thread", body: HistoryQuery },
  "GET /threads/:thread_id/stream": {
    summary: "Stream the events of a thread",
    query: { stream_mode: text },
    answer: "events",
  },

  "POST /threads/:thread_id/runs": run,
  "POST /threads/:thread_id/runs/stream": streamed,
  "POST /threads/:thread_id/runs/wait": waited,
  "POST /runs": run,
  "POST /runs/stream": streamed,
  "POST /runs/wait": waited,
  "POST /runs/batch": { summary: "Create several runs in the background", body: z.array(RunCreate).min(1) },
  "POST /runs/cancel": { summary: "Cancel several runs", body: RunsCancel, query: { action: text }, answer: "nothing" },
  "GET /threads/:thread_id/runs": {
    summary: "List the runs of a thread",
    query: { ...page, status: z.enum(RUN_STATUSES), select: text },
  },
  "GET /threads/:thread_id/runs/:run_id": { summary: "Read a run" },
  "DELETE /threads/:thread_id/runs/:run_id": { summary: "Delete a run and its checkpoints", answer: "nothing" },
  "GET /threads/:thread_id/runs/:run_id/stream": joined,
  "GET /runs/:run_id/stream": joined,
  "GET /threads/:thread_id/runs/:run_id/join": {
    summary: "Wait for the values of a run",
    query: { cancel_on_disconnect: flag },
  },
  "POST /threads/:thread_id/runs/:run_id/cancel": {
    summary: "Cancel a run",
    query: { wait: flag, action: z.enum(["interrupt", "rollback"]) },
    answer: "nothing",
  },

  "POST /runs/crons": { summary: "Create a cron whose runs have threads of their own", body: CronCreate },
  "POST /threads/:thread_id/runs/crons": { summary: "Create a cron on a thread", body: CronCreate },
  "POST /runs/crons/search": { summary: "Search crons", body: CronSearch },
  "POST /runs/crons/count": { summary: "Count crons", body: CronFilter },
  "GET /runs/crons/:cron_id": { summary: "Read a cron" },
  "PATCH /runs/crons/:cron_id": { summary: "Change a cron", body: CronChange },
  "DELETE /runs/crons/:cron_id": { summary: "Delete a cron", answer: "nothing" },

  "PUT /store/items": { summary: "Put an item into the store", body: ItemPut, answer: "nothing" },
  "GET /store/items": { summary: "Read an item", query: { namespace: text, key: text, refresh_ttl: flag } },
  "DELETE /store/items": { summary: "Delete an item", body: ItemAddress, answer: "nothing" },
  "POST /store/items/search": { summary: "Search items, by filter or by meaning", body: ItemsSearch },
  "POST /store/namespaces": { summary: "List namespaces", body: NamespacesSearch },
};
