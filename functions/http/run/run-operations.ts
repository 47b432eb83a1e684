/** Operations of the API document: runs. */
import { z } from "zod";
import { BATCH_RUNS } from "../../core/run/timings.ts";
import { AnyJson } from "../../protocol/json.ts";
import { RUN_STATUSES, RunCreate, RunsCancel, StreamMode } from "../../protocol/run.ts";
import {
  answersEvents,
  answersJson,
  answersNothing,
  answersResult,
  Flag,
  type Operation,
  type Operations,
} from "../openapi/operation.ts";
import { RunResource } from "../openapi/resources.ts";

/** Headers of a request that makes a run. */
export const creationHeaders = z.object({ "idempotency-key": z.string().optional() });
const example = (assistant_id: string) => ({
  assistant_id,
  input: { messages: [{ role: "user", content: "Hello" }] },
});
const action = z.enum(["interrupt", "rollback"]).optional();

const create = (where: string): Operation => ({
  summary: `Create a run ${where}`,
  headers: creationHeaders,
  body: RunCreate,
  example,
  answers: answersJson(RunResource),
});
const stream = (where: string): Operation => ({
  ...create(where),
  summary: `Create a run ${where} and stream its events`,
  query: z.object({ namespace: z.array(z.string()).optional() }),
  example: (assistant_id) => ({ ...example(assistant_id), stream_mode: ["messages-tuple", "values"] }),
  answers: answersEvents(),
});
const wait = (where: string): Operation => ({
  ...create(where),
  summary: `Create a run ${where} and wait for its values`,
  answers: answersResult(AnyJson),
});
const join: Operation = {
  summary: "Follow a run, from any event",
  query: z.object({
    stream_mode: z.array(StreamMode).optional(),
    namespace: z.array(z.string()).optional(),
    cancel_on_disconnect: Flag,
    after: z.string().optional(),
  }),
  headers: z.object({ "last-event-id": z.string().optional() }),
  answers: answersEvents(),
};

export const runOperations: Operations = {
  "POST /threads/:thread_id/runs": create("on a thread"),
  "POST /threads/:thread_id/runs/stream": stream("on a thread"),
  "POST /threads/:thread_id/runs/wait": wait("on a thread"),
  "POST /runs": create("without a thread"),
  "POST /runs/stream": stream("without a thread"),
  "POST /runs/wait": wait("without a thread"),
  "POST /runs/batch": {
    summary: "Create several runs, or none",
    headers: creationHeaders,
    body: z.array(RunCreate).min(1).max(BATCH_RUNS),
    example: (assistant_id) => [example(assistant_id)],
    answers: answersJson(z.array(RunResource)),
  },
  "POST /runs/cancel": {
    summary: "Cancel runs: by status, or by their ids on a thread",
    query: z.object({ action }),
    body: RunsCancel,
    example: () => ({ status: "pending" }),
    answers: answersNothing(),
  },
  "GET /threads/:thread_id/runs": {
    summary: "The runs of a thread, the newest first",
    query: z.object({
      limit: z.int().min(0).optional(),
      offset: z.int().min(0).optional(),
      status: z.enum(RUN_STATUSES).optional(),
      select: z.array(z.string()).optional(),
    }),
    answers: answersJson(z.array(RunResource.partial())),
  },
  "GET /threads/:thread_id/runs/:run_id": { summary: "Get a run", answers: answersJson(RunResource) },
  "DELETE /threads/:thread_id/runs/:run_id": {
    summary: "Delete a run with its checkpoints",
    answers: answersNothing(),
  },
  "GET /threads/:thread_id/runs/:run_id/stream": join,
  "GET /runs/:run_id/stream": { ...join, summary: "Follow a run without its thread, from any event" },
  "GET /threads/:thread_id/runs/:run_id/join": {
    summary: "Wait for the values of a run",
    query: z.object({ cancel_on_disconnect: Flag }),
    answers: answersResult(AnyJson),
  },
  "POST /threads/:thread_id/runs/:run_id/cancel": {
    summary: "Cancel a run",
    query: z.object({ wait: Flag, action }),
    answers: { 202: { description: "Accepted" }, ...answersJson(z.object({}), "With wait: the run has ended") },
  },
};
