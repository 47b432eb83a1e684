/** The result of a create. */
import type { RunRow } from "../run-row.ts";

export type CreateResult =
  /** `first` = its first event, if the run became active at once. A repeated idempotency key returns the run that it made. */
  { kind: "created"; run: RunRow; first?: { id: string; event: string; data: string } } | Complaint;

export interface Complaint {
  kind: Refused;
  detail: string;
}

type Refused =
  | "assistant_not_found"
  | "thread_not_found"
  | "checkpoint_not_found"
  | "busy"
  | "queue_full"
  | "too_many_runs"
  | "contended"
  | "outdated"
  | "key_reused"
  | "nothing_to_resume"
  | "invalid";
