/** The port of crons and what is kept about one. Expected races are return values. */
import type { JsonObject } from "../../protocol/json.ts";

export interface CronRow {
  cron_id: string;
  assistant_id: string;
  thread_id: string | null;
  /** Generation of the thread: a deleted id that is used again has none of its crons. */
  gen: number | null;
  schedule: string;
  timezone: string | null;
  end_time: string | null;
  enabled: boolean;
  on_run_completed: "delete" | "keep" | null;
  metadata: JsonObject;
  /** ms since 1970 when it is due next; null = never again. Kept up to date also while it is not enabled. */
  next_run_at: number | null;
  created_at: string;
  updated_at: string;
  /** Goes up with every write of the row. */
  rev: number;
}

export interface CronWrite {
  row: CronRow;
  /** Revision that was read; undefined = the cron is new. */
  seen: number | undefined;
  /** Encoded body of its runs; absent = it stays. */
  payload?: Uint8Array;
}

export interface Crons {
  put(write: CronWrite): Promise<"put" | "conflict">;
  get(cron_id: string): Promise<CronRow | undefined>;
  payload(cron_id: string): Promise<Uint8Array | undefined>;
  remove(row: Pick<CronRow, "cron_id" | "thread_id">): Promise<void>;
  /** All, in no order; `too_many` beyond LISTED_CRONS. */
  list(): Promise<CronRow[] | "too_many">;
  /** Removes those of this generation of the thread, and of older ones. */
  removeOfThread(thread_id: string, gen: number): Promise<void>;
}
