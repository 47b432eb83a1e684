/** Crons as items and back. Reads are `Impossible` if an item does not fit. */
import type { CronRow } from "../../core/cron/cron-port.ts";
import type { Item } from "../table/item-batches.ts";
import { cronKey } from "../table/keys.ts";
import { fieldOf, isNumber, isObject, isText, parseField } from "../table/read-fields.ts";

export const rowItem = (row: CronRow): Item => ({
  ...row,
  ...cronKey(row.cron_id),
  metadata: JSON.stringify(row.metadata),
});

const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);
const isNumberOrNull = (value: unknown): value is number | null => value === null || isNumber(value);
const isSwitch = (value: unknown): value is boolean => typeof value === "boolean";
const isOutcome = (value: unknown): value is CronRow["on_run_completed"] =>
  value === null || value === "delete" || value === "keep";

export const toCron = (item: Item): CronRow => ({
  cron_id: fieldOf(item, "cron_id", isText),
  assistant_id: fieldOf(item, "assistant_id", isText),
  thread_id: fieldOf(item, "thread_id", isTextOrNull),
  gen: fieldOf(item, "gen", isNumberOrNull),
  schedule: fieldOf(item, "schedule", isText),
  timezone: fieldOf(item, "timezone", isTextOrNull),
  end_time: fieldOf(item, "end_time", isTextOrNull),
  enabled: fieldOf(item, "enabled", isSwitch),
  on_run_completed: fieldOf(item, "on_run_completed", isOutcome),
  metadata: parseField(item, "metadata", isObject),
  next_run_at: fieldOf(item, "next_run_at", isNumberOrNull),
  created_at: fieldOf(item, "created_at", isText),
  updated_at: fieldOf(item, "updated_at", isText),
  rev: fieldOf(item, "rev", isNumber),
});
