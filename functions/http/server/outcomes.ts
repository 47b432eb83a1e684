/** HTTP status of each outcome of the use cases (Agent Server API). Exhaustive by type. */
import type { ChangeResult } from "../../core/assistant/change-assistant.ts";
import type { CreateAssistantResult } from "../../core/assistant/create-assistant.ts";
import type { DeleteAssistantResult } from "../../core/assistant/delete-assistant.ts";
import type { SearchResult } from "../../core/assistant/search-assistants.ts";
import type { UpdateStateResult } from "../../core/checkpoint/update-state.ts";
import type { BatchResult } from "../../core/run/create/create-batch.ts";
import type { CreateResult } from "../../core/run/create/create-result.ts";
import type { CreateCronResult } from "../../core/cron/create-cron.ts";
import type { DeleteRunResult } from "../../core/run/end/delete-run.ts";
import type { CreateThreadResult } from "../../core/thread/create-thread.ts";
import { OutOfSight } from "../../core/auth/scope.ts";
import { PERMIT_RETRY_S } from "../edge/timings.ts";
import { HttpError } from "./http-error.ts";

type Refused =
  | Exclude<BatchResult, { kind: "created" }>["kind"]
  | Exclude<DeleteRunResult, { kind: "deleted" }>["kind"]
  | Exclude<CreateCronResult, { kind: "created" }>["kind"]
  | Exclude<CreateAssistantResult, { assistant: unknown }>["kind"]
  | Exclude<DeleteAssistantResult, { kind: "deleted" }>["kind"]
  | Exclude<ChangeResult, { assistant: unknown }>["kind"]
  | Exclude<SearchResult, { page: unknown }>["kind"]
  | Exclude<UpdateStateResult, { kind: "updated" | "not_found" }>["kind"]
  | Exclude<CreateResult, { kind: "created" }>["kind"]
  | Exclude<CreateThreadResult, { row: unknown }>["kind"];

const STATUS: Record<Refused, number> = {
  assistant_not_found: 404,
  thread_not_found: 404,
  checkpoint_not_found: 404,
  not_found: 404,
  busy: 409,
  outdated: 409,
  exists: 409,
  key_reused: 409,
  nothing_to_resume: 400,
  no_graph: 400,
  refused: 400,
  invalid: 422,
  queue_full: 429,
  too_many_runs: 429,
  contended: 503,
  incomplete: 503,
  not_ended: 503,
};

/** @returns what to throw for an outcome that is no success */
export const httpErrorOf = ({ kind, detail }: { kind: Refused; detail: string }): HttpError =>
  new HttpError(STATUS[kind], detail, STATUS[kind] === 429 ? { "retry-after": String(PERMIT_RETRY_S) } : {});

export const invalid = (detail: string): HttpError => new HttpError(422, detail);

export const threadNotFound = (thread_id: string): HttpError =>
  new HttpError(404, `Thread with ID ${thread_id} not found`);
export const runNotEnded = (thread_id: string): HttpError =>
  new HttpError(
    503,
    `Thread with ID ${thread_id} is not deleted: its active run has not ended. It goes when the run ends`,
  );
export const assistantNotFound = (): HttpError => new HttpError(404, "Assistant not found");
export const runNotFound = (): HttpError => new HttpError(404, "Run not found");

/** Another one has the id: whoever may not see it learns that it is taken, as on the official server. */
export const taken =
  (what: string) =>
  (error: unknown): never => {
    throw error instanceof OutOfSight ? new HttpError(409, `${what} already exists`) : error;
  };
