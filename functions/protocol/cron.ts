/** The Cron resource and the bodies that create, change and search crons (Agent Server API). */
import { z } from "zod";
import { absentable, JsonObject, type JsonObject as Payload, Uuid } from "./json.ts";
import { RunCreate } from "./run.ts";

export interface Cron {
  cron_id: string;
  assistant_id: string;
  /** null = each run has a thread of its own. */
  thread_id: string | null;
  schedule: string;
  timezone: string | null;
  end_time: string | null;
  enabled: boolean;
  /** What becomes of the thread of a run; null for a cron on a thread. */
  on_run_completed: "delete" | "keep" | null;
  /** What each run is created with. */
  payload: Payload;
  metadata: Payload;
  user_id: string | null;
  next_run_date: string | null;
  created_at: string;
  updated_at: string;
}

const CRON_FIELDS = [
  "cron_id",
  "assistant_id",
  "thread_id",
  "on_run_completed",
  "end_time",
  "schedule",
  "timezone",
  "created_at",
  "updated_at",
  "user_id",
  "payload",
  "next_run_date",
  "metadata",
  "enabled",
] as const;

/** ISO 8601; without an offset it is UTC, whatever the machine's zone is. */
const Time = z
  .union(
    [z.iso.date(), z.iso.datetime({ offset: true }), z.iso.datetime({ local: true }).transform((text) => `${text}Z`)],
    {
      error: "must be a time, ISO 8601",
    },
  )
  .transform((text) => new Date(text).toISOString());

/** What of a run's body a cron may say: its runs start from where their thread is, when they are due. */
const RunPart = RunCreate.omit({
  assistant_id: true,
  command: true,
  checkpoint: true,
  checkpoint_id: true,
  if_not_exists: true,
  on_disconnect: true,
  on_completion: true,
  after_seconds: true,
});

export const CronCreate = RunPart.extend({
  assistant_id: z.string(),
  schedule: z.string(),
  timezone: absentable(z.string()),
  end_time: absentable(Time),
  enabled: absentable(z.boolean()).transform((enabled) => enabled ?? true),
  on_run_completed: absentable(z.enum(["delete", "keep"])),
});
export type CronCreate = z.infer<typeof CronCreate>;

/** Fields of a run's body that a cron keeps for its runs. */
export const PAYLOAD_FIELDS = Object.keys(RunPart.shape);

/** Only what the body names is changed. `end_time: null` removes it, any other null is absent. */
export const CronPatch = z.object({
  schedule: absentable(z.string()),
  timezone: absentable(z.string()),
  end_time: Time.nullable().optional(),
  enabled: absentable(z.boolean()),
  on_run_completed: absentable(z.enum(["delete", "keep"])),
  payload: RunPart.partial(),
});
export type CronPatch = z.infer<typeof CronPatch>;

export const CronFilter = z.object({
  assistant_id: absentable(z.string()),
  thread_id: absentable(Uuid),
  enabled: absentable(z.boolean()),
  metadata: absentable(JsonObject),
});
export type CronFilter = z.infer<typeof CronFilter>;

export const CronSearch = CronFilter.extend({
  limit: absentable(z.int().min(1).max(1_000)).transform((limit) => limit ?? 10),
  offset: absentable(z.int().min(0)).transform((offset) => offset ?? 0),
  sort_by: absentable(
    z.enum(["cron_id", "assistant_id", "thread_id", "next_run_date", "end_time", "created_at", "updated_at"]),
  ),
  sort_order: absentable(z.enum(["asc", "desc"])),
  select: absentable(z.array(z.enum(CRON_FIELDS))),
});
export type CronSearch = z.infer<typeof CronSearch>;
