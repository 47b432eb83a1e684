/** Changes and deletes crons. A change counts for all runs that are not created yet. */
import type { Cron, CronPatch } from "../../protocol/cron.ts";
import { contended, LOST_RACE, startTries } from "../failure/retry.ts";
import { callersKeys } from "../thread/reserved-metadata.ts";
import { type CronPorts, payloadOf, whyWrong } from "./create-cron.ts";
import type { CronRow } from "./cron-port.ts";
import { cronResource, decodePayload, encodePayload, nextRunAt } from "./cron-resource.ts";

export type PatchCronResult =
  | { kind: "patched"; cron: Cron }
  | { kind: "not_found" }
  | { kind: "invalid"; detail: string };

/** Metadata is merged into the cron's, and replaces that of its runs (seen at the official server). */
export async function patchCron(ports: CronPorts, cron_id: string, patch: CronPatch): Promise<PatchCronResult> {
  const tries = startTries(LOST_RACE, ports.clock);
  for (;;) {
    const [seen, kept] = await Promise.all([ports.crons.get(cron_id), ports.crons.payload(cron_id)]);
    if (!seen) return { kind: "not_found" };
    const payload = { ...decodePayload(kept), ...payloadOf(patch.payload) };
    const encoded = encodePayload(payload);
    const metadata = { ...seen.metadata, ...callersKeys(patch.payload.metadata) };
    const { schedule = seen.schedule, timezone = seen.timezone } = patch;
    const problem = whyWrong(ports, { schedule, timezone, payload, metadata, bytes: encoded.length });
    if (problem !== undefined) return { kind: "invalid", detail: problem };
    const row = changed({ ...seen, schedule, timezone, metadata }, patch, ports.clock.now());
    if ((await ports.crons.put({ row, seen: seen.rev, payload: encoded })) === "put")
      return { kind: "patched", cron: cronResource(row, payload) };
    await tries.again(contended("the cron"));
  }
}

function changed(row: CronRow, patch: CronPatch, now: number): CronRow {
  const { enabled = row.enabled, on_run_completed = row.on_run_completed } = patch;
  const end_time = patch.end_time === undefined ? row.end_time : patch.end_time;
  return {
    ...row,
    end_time,
    enabled,
    on_run_completed: row.thread_id === null ? on_run_completed : null,
    next_run_at: nextRunAt({ ...row, end_time }, now),
    updated_at: new Date(now).toISOString(),
    rev: row.rev + 1,
  };
}

export async function deleteCron(
  ports: Pick<CronPorts, "crons" | "logger">,
  cron_id: string,
): Promise<"deleted" | "not_found"> {
  const row = await ports.crons.get(cron_id);
  if (!row) return "not_found";
  await ports.crons.remove(row);
  ports.logger.info("cron deleted", { cron_id });
  return "deleted";
}
