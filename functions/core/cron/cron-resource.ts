/** A cron as the API shows it, and the body of its runs. Pure. */
import { pack, unpack } from "../log/slot-payload.ts";
import type { Cron } from "../../protocol/cron.ts";
import { isJsonObject, type JsonObject } from "../../protocol/json.ts";
import type { User } from "../auth/auth-port.ts";
import { nextTime, type Schedule } from "../../protocol/schedule.ts";
import type { CronRow } from "./cron-port.ts";

export const encodePayload = (payload: JsonObject): Uint8Array => pack(Buffer.from(JSON.stringify(payload)));
export const decodePayload = (bytes: Uint8Array | undefined): JsonObject =>
  bytes ? (JSON.parse(unpack(bytes).toString()) as JsonObject) : {};

/** Where a payload has whose runs they are. It is shown to nobody: it may hold what only the user and the project's code should know. */
export const CRON_USER = "langgraph_auth_user";

/** Of a payload. */
export const userOf = ({ [CRON_USER]: user }: JsonObject): User | undefined =>
  isJsonObject(user) ? (user as unknown as User) : undefined;

export function cronResource(row: CronRow, stored: JsonObject): Cron {
  const { [CRON_USER]: _user, ...payload } = stored;
  const { gen: _gen, rev: _rev, next_run_at, ...shown } = row;
  const next_run_date = next_run_at === null ? null : new Date(next_run_at).toISOString();
  return { ...shown, payload, user_id: userOf(stored)?.identity ?? null, next_run_date };
}

/** When it is due after `from` (ms), null if its end comes before. */
export function nextRunAt(of: Schedule & Pick<CronRow, "end_time">, from: number): number | null {
  const next = nextTime(of, from);
  return next !== null && of.end_time !== null && next > Date.parse(of.end_time) ? null : next;
}
