/**
 * Fires a cron that is due: creates its run, once for each due time, and sets the next one. A run's idempotency key and the row's revision
 * keep sweeps that overlap or end halfway from firing twice. Times missed without sweeps are made up for once.
 */
import { RunCreate } from "../../protocol/run.ts";
import { isJsonObject, type JsonObject } from "../../protocol/json.ts";
import type { Ports } from "../ports.ts";
import { createRun } from "../run/create/create-run.ts";
import { findThread } from "../thread/threads.ts";
import type { CronRow } from "./cron-port.ts";
import { decodePayload, nextRunAt, userOf } from "./cron-resource.ts";

/** @returns `fired`: the run is there, perhaps by another sweep; `skipped`: it can have none this time; `not_due` */
export async function fireCron(ports: Ports, cron_id: string): Promise<"fired" | "skipped" | "not_due"> {
  const row = await ports.crons.get(cron_id);
  const now = ports.clock.now();
  if (!row?.enabled || row.next_run_at === null || row.next_run_at > now) return "not_due";
  if (row.thread_id !== null && (await findThread(ports, row.thread_id))?.gen !== row.gen)
    return withoutThread(ports, row);
  const payload = decodePayload(await ports.crons.payload(cron_id));
  const { thread_id, gen } = row;
  const user = userOf(payload);
  const { key_name } = row.metadata;
  const by = { ...(user && { user }), ...(typeof key_name === "string" && { key_name }) };
  const of = { cron_id, key: keyFor(row), onlyOnce: true, ...(gen !== null && { gen }), ...by };
  const request = { thread_id, body: runBody(row, payload), ...of };
  const result = await createRun(ports, request);
  if (result.kind === "contended") return "not_due";
  if (result.kind === "thread_not_found") return withoutThread(ports, row);
  const isFired = result.kind === "created" || result.kind === "key_reused";
  if (!isFired) ports.logger.warn("cron has no run this time", { cron_id, thread_id, error: result.kind });
  // Whoever loses this write has no need of it: another sweep has moved the row on, or a change has.
  await ports.crons.put({ row: { ...row, next_run_at: nextRunAt(row, now), rev: row.rev + 1 }, seen: row.rev });
  return isFired ? "fired" : "skipped";
}

/** The thread was deleted, and the cron with it: only its rows were late. */
async function withoutThread({ crons }: Ports, row: CronRow): Promise<"skipped"> {
  await crons.remove(row);
  return "skipped";
}

const keyFor = ({ cron_id, next_run_at }: CronRow): string => `cron:${cron_id}:${next_run_at}`;

function runBody({ assistant_id, cron_id, on_run_completed }: CronRow, payload: JsonObject): RunCreate {
  const config = isJsonObject(payload["config"]) ? payload["config"] : {};
  const configurable = isJsonObject(config["configurable"]) ? config["configurable"] : {};
  return RunCreate.parse({
    ...payload,
    assistant_id,
    config: { ...config, configurable: { ...configurable, cron_id } },
    ...(on_run_completed && { on_completion: on_run_completed }),
  });
}
