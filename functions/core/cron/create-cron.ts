/** Creates a cron, on a thread or stateless: whatever would be wrong with its runs is an error now. */
import type { Cron, CronCreate } from "../../protocol/cron.ts";
import { PAYLOAD_FIELDS } from "../../protocol/cron.ts";
import type { Json, JsonObject } from "../../protocol/json.ts";
import { scheduleProblem } from "../../protocol/schedule.ts";
import { PART_BYTES } from "../checkpoint/limits.ts";
import { tooLarge } from "../json/size-limits.ts";
import type { User } from "../auth/auth-port.ts";
import type { Ports } from "../ports.ts";
import { assistantOf, webhookProblem } from "../run/create/check-request.ts";
import { callersKeys } from "../thread/reserved-metadata.ts";
import { findThread } from "../thread/threads.ts";
import type { CronRow } from "./cron-port.ts";
import { CRON_USER, cronResource, encodePayload, nextRunAt } from "./cron-resource.ts";

export type CronPorts = Pick<
  Ports,
  "assistants" | "clock" | "crons" | "engine" | "ids" | "logger" | "sender" | "threads"
>;

export type CreateCronResult =
  | { kind: "created"; cron: Cron }
  | { kind: "assistant_not_found" | "thread_not_found" | "invalid"; detail: string };

/** @param user whose runs they are, where custom auth is on */
export async function createCron(
  ports: CronPorts,
  thread_id: string | null,
  body: CronCreate,
  user?: User,
): Promise<CreateCronResult> {
  const found = await assistantOf(ports, body.assistant_id);
  if (found.kind === "assistant_not_found") return { ...found, kind: "assistant_not_found" };
  if (found.kind !== "found") return { ...found, kind: "invalid" };
  const thread = thread_id === null ? undefined : await findThread(ports, thread_id);
  if (thread_id !== null && !thread)
    return { kind: "thread_not_found", detail: `Thread with ID ${thread_id} not found` };
  const { assistant_id } = found.assistant;
  const { schedule, timezone = null, end_time = null, enabled, on_run_completed = "delete" } = body;
  const metadata = callersKeys(body.metadata);
  const payload: JsonObject = { ...payloadOf(body), assistant_id, ...(user && { [CRON_USER]: user }) };
  const encoded = encodePayload(payload);
  const problem = whyWrong(ports, { schedule, timezone, payload, metadata, bytes: encoded.length });
  if (problem !== undefined) return { kind: "invalid", detail: problem };

  const now = ports.clock.now();
  const time = new Date(now).toISOString();
  const row: CronRow = {
    cron_id: ports.ids.uuid7(),
    assistant_id,
    thread_id,
    gen: thread?.gen ?? null,
    schedule,
    timezone,
    end_time,
    enabled,
    on_run_completed: thread_id === null ? on_run_completed : null,
    metadata,
    next_run_at: nextRunAt({ schedule, timezone, end_time }, now),
    created_at: time,
    updated_at: time,
    rev: 1,
  };
  await ports.crons.put({ row, seen: undefined, payload: encoded });
  ports.logger.info("cron created", { cron_id: row.cron_id, thread_id, assistant_id });
  return { kind: "created", cron: cronResource(row, payload) };
}

/** What of a body each run is created with. */
export const payloadOf = (body: object): JsonObject =>
  Object.fromEntries(
    Object.entries(body).filter(
      (entry): entry is [string, Json] => PAYLOAD_FIELDS.includes(entry[0]) && entry[1] !== undefined,
    ),
  );

export function whyWrong(
  ports: Pick<Ports, "clock" | "engine" | "sender">,
  of: { schedule: string; timezone: string | null; payload: JsonObject; metadata: JsonObject; bytes: number },
): string | undefined {
  const { webhook, config } = of.payload;
  const isObject = typeof config === "object" && config !== null && !Array.isArray(config);
  return (
    scheduleProblem(of, ports.clock.now()) ??
    (typeof webhook === "string" ? webhookProblem(ports, webhook) : undefined) ??
    tooLarge({ metadata: of.metadata, config: isObject ? config : undefined }) ??
    (of.bytes > PART_BYTES ? `input: ${of.bytes} bytes, compressed; a cron keeps at most ${PART_BYTES}` : undefined)
  );
}
