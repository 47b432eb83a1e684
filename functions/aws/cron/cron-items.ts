/** Crons as items and back, checked. */
import type { CronRow } from "../../core/cron/cron-port.ts";
import { z } from "zod";
import { JsonObject } from "../../protocol/json.ts";
import type { Item } from "../table/item-batches.ts";
import { cronKey } from "../table/keys.ts";

const Row = z.object({
  cron_id: z.string(),
  assistant_id: z.string(),
  thread_id: z.string().nullable(),
  gen: z.number().nullable(),
  schedule: z.string(),
  timezone: z.string().nullable(),
  end_time: z.string().nullable(),
  enabled: z.boolean(),
  on_run_completed: z.enum(["delete", "keep"]).nullable(),
  metadata: z.string().transform((text): JsonObject => JsonObject.parse(JSON.parse(text))),
  next_run_at: z.number().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
  rev: z.number(),
});

export const rowItem = (row: CronRow): Item => ({
  ...row,
  ...cronKey(row.cron_id),
  metadata: JSON.stringify(row.metadata),
});

export const toCron = (item: object): CronRow => Row.parse(item);
