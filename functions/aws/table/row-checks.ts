/** Which values the fields of run and thread rows may have. The types are those of the rows in core/. */
import type { FinishedRun, PendingRun, RunningRun } from "../../core/run/run-row.ts";
import type { ThreadRow } from "../../core/thread/thread-row.ts";
import { MULTITASK_STRATEGIES } from "../../protocol/run.ts";
import {
  type Checks,
  checksOf,
  isFlag,
  isNumber,
  isObject,
  isOneOf,
  isText,
  isTexts,
  optional,
  orNull,
} from "./read-fields.ts";
import { SUMMARY_FIELDS } from "./table.ts";

export const FINAL_STATUSES = ["success", "error", "interrupted", "rolled_back", "deleted"] as const;

const FACTS = checksOf<PendingRun>({
  run_id: isText,
  thread_id: isText,
  assistant_id: isText,
  graph_id: isText,
  created_at: isText,
  updated_at: isText,
  metadata: isObject,
  multitask_strategy: isOneOf(...MULTITASK_STRATEGIES),
  gen: isNumber,
  temporary: isFlag,
  on_completion: isOneOf("delete", "keep"),
  stream_mode: isTexts,
  subgraphs: isFlag,
  resumable: isFlag,
  input_parts: isNumber,
  epoch: isNumber,
  attempt: isNumber,
  no_progress_claims: isNumber,
  last_checkpoint_id: orNull(isText),
  handed_off: isFlag,
  lease_until: isNumber,
  claimable_since: isNumber,
  deadline: optional(isNumber),
  cut_after: optional(isNumber),
  send_count: isNumber,
  sent_at: isNumber,
  log_start: optional(isNumber),
  cancel: optional(isOneOf("interrupt", "rollback", "delete")),
  waits: optional(isOneOf(true)),
  started_at: optional(isText),
  on_disconnect: optional(isOneOf("cancel")),
  webhook: optional(isFlag),
  starts_at: optional(isNumber),
  status: isOneOf("pending", "running", ...FINAL_STATUSES),
});

const RUNNING = checksOf<Omit<RunningRun, keyof PendingRun>>({
  owner: isText,
  opening: isOneOf("first", "epoch", "fence", "none"),
});

const FINISHED = checksOf<Omit<FinishedRun, keyof PendingRun>>({
  owner: optional(isText),
  ended_at: isText,
  log_end: optional(isNumber),
  head: optional(isObject),
  error: optional(isObject),
  interrupts: optional(isObject),
});

/** Those that a run of this status has. One with an unknown status fails by the check of its facts. */
export const runChecks = (status: unknown): Checks =>
  status === "pending" ? FACTS : status === "running" ? RUNNING_RUN : FINISHED_RUN;

const RUNNING_RUN: Checks = [...FACTS, ...RUNNING];
const FINISHED_RUN: Checks = [...FACTS, ...FINISHED];

export const THREAD_CHECKS = checksOf<ThreadRow>({
  thread_id: isText,
  created_at: isText,
  updated_at: isText,
  state_updated_at: isText,
  metadata: isObject,
  graph_id: optional(isText),
  config: isObject,
  status: isOneOf("idle", "busy", "interrupted", "error"),
  lifetime: optional(isObject),
  listed_by_run: optional(isOneOf(true)),
  expired: optional(isOneOf(true)),
  active_run: orNull(isText),
  queue: isTexts,
  rev: isNumber,
  gen: isNumber,
  deleted: isFlag,
  temporary: isFlag,
  log_tail: isNumber,
  head: optional(isObject),
  error: optional(orNull(isObject)),
  interrupts: optional(isObject),
});

const SUMMARY = new Set<string>(["thread_id", "updated_at", ...SUMMARY_FIELDS]);
export const SUMMARY_CHECKS: Checks = THREAD_CHECKS.filter(([name]) => SUMMARY.has(name));
